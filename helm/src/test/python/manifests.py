"""Holds manifests against the schemas of Kubernetes, and what Prometheus is asked against its grammar.

Usage: manifests.py FOLDER VERSION...

FOLDER has manifests, *.yaml, and queries, *.promql, one a line. Prints a line for everything that is wrong and ends
with code 1; prints what was looked at otherwise.
"""

import pathlib
import sys

import kubernetes_validate
import promql_parser
import yaml

# Kubernetes has no schema of them.
CUSTOM = {
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"),
    ("keda.sh/v1alpha1", "ScaledObject"),
}


def main(folder, versions):
    wrong = []
    objects = queries = 0
    for file in sorted(pathlib.Path(folder).glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            if not document or (document["apiVersion"], document["kind"]) in CUSTOM:
                continue
            objects += 1
            for version in versions:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except Exception as e:
                    name = f"{document['kind']} {document['metadata']['name']}"
                    wrong.append(f"{file.name}: {name}: Kubernetes {version}: {e}")
    for file in sorted(pathlib.Path(folder).glob("*.promql")):
        for query in file.read_text().splitlines():
            queries += 1
            try:
                promql_parser.parse(query)
            except Exception as e:
                wrong.append(f"{file.name}: {query}: {e}")
    if wrong:
        print("\n".join(wrong))
        return 1
    print(f"{objects} objects, {queries} queries: all as expected")
    return 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
