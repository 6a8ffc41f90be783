{{/* Values that are each right and cannot work together, all of them at once. */}}
{{- define "mekiki.refuse" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if not $v.image.repository -}}
{{- $problems = append $problems "image.repository: nothing (expected: the image that was built from the project's Dockerfile)" -}}
{{- end -}}
{{- if not (or $v.insecureListenAllowed (and $v.tls.secretName (or $v.access.secretName $v.tls.clientCertificates))) -}}
{{- $problems = append $problems "insecureListenAllowed: false (expected: tls.secretName together with access.secretName or tls.clientCertificates; or true, once you have made sure that only those reach the service, or what is sent to it, who may do and hear everything: networkPolicy says who does)" -}}
{{- end -}}
{{- if and $v.tls.clientCertificates (not $v.tls.secretName) -}}
{{- $problems = append $problems "tls.secretName: nothing (expected: a secret, as tls.clientCertificates is true)" -}}
{{- end -}}
{{- with $v.access.tokens -}}
{{- if and (or .issuer .audience .keys) (not (and .issuer .audience .keys)) -}}
{{- $problems = append $problems "access.tokens: some of issuer, audience and keys (expected: all of them, or none)" -}}
{{- end -}}
{{- if and .issuer (not $v.access.secretName) -}}
{{- $problems = append $problems "access.secretName: nothing (expected: a secret with the access file, as access.tokens is set)" -}}
{{- end -}}
{{- end -}}
{{- if eq $v.gallery.backend "embedded" -}}
{{- if ne (int $v.replicas) 1 -}}
{{- $problems = append $problems (printf "replicas: %d (expected: 1 with gallery.backend embedded, as one process at a time may have its volume open; several share galleries with gallery.backend milvus)" (int $v.replicas)) -}}
{{- end -}}
{{- if ne $v.autoscaling.kind "none" -}}
{{- $problems = append $problems (printf "autoscaling.kind: %s (expected: none with gallery.backend embedded, which has exactly one replica)" $v.autoscaling.kind) -}}
{{- end -}}
{{- else -}}
{{- if not $v.gallery.milvus.uri -}}
{{- $problems = append $problems "gallery.milvus.uri: nothing (expected: http://HOST:PORT or https://HOST:PORT with gallery.backend milvus)" -}}
{{- end -}}
{{- if $v.gallery.embedded.keepImages -}}
{{- $problems = append $problems "gallery.embedded.keepImages: true (expected: false with gallery.backend milvus, whose replicas have no volumes)" -}}
{{- end -}}
{{- with $v.gallery.milvus.tls -}}
{{- if and (or .secretName .serverName) (hasPrefix "http:" $v.gallery.milvus.uri) -}}
{{- $problems = append $problems (printf "gallery.milvus.tls: set (expected: left out with gallery.milvus.uri %s, or https)" $v.gallery.milvus.uri) -}}
{{- end -}}
{{- if and (or .clientCertificate .serverName) (not .secretName) -}}
{{- $problems = append $problems "gallery.milvus.tls.secretName: nothing (expected: a secret, as clientCertificate or serverName is set)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.model.source "image") (not $v.model.image.reference) -}}
{{- $problems = append $problems "model.image.reference: nothing (expected: an image with model.source image)" -}}
{{- end -}}
{{- if and (eq $v.model.source "claim") (not $v.model.claim) -}}
{{- $problems = append $problems "model.claim: nothing (expected: the name of a PersistentVolumeClaim with model.source claim)" -}}
{{- end -}}
{{- if eq $v.model.source "download" -}}
{{- $names := list -}}
{{- range $v.model.download -}}
{{- $names = append $names (base .url) -}}
{{- end -}}
{{- if ne (len $names) (len (uniq $names)) -}}
{{- $problems = append $problems (printf "model.download: %s (expected: URLs that end with different names)" (join ", " $names)) -}}
{{- end -}}
{{- range $file := prepend $v.model.more $v.model.file -}}
{{- range list $file (printf "%s.json" (trimSuffix ".onnx" $file)) -}}
{{- if not (has . $names) -}}
{{- $problems = append $problems (printf "model.download: %s (expected: %s among them)" (default "nothing" (join ", " $names)) .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $v.gpu.engineCacheClaim (not (and $v.gpu.enabled (eq $v.gpu.provider "tensorrt"))) -}}
{{- $problems = append $problems (printf "gpu.engineCacheClaim: %s (expected: nothing, or gpu.enabled and gpu.provider tensorrt)" $v.gpu.engineCacheClaim) -}}
{{- end -}}
{{- if and (eq (int $v.rollout.maxSurge) 0) (eq (int $v.rollout.maxUnavailable) 0) -}}
{{- $problems = append $problems "rollout: maxSurge and maxUnavailable 0 (expected: one of them more, or an update never begins)" -}}
{{- end -}}
{{- with $v.autoscaling -}}
{{- if ne .kind "none" -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- $problems = append $problems (printf "autoscaling.maxReplicas: %d (expected: at least minReplicas, %d)" (int .maxReplicas) (int .minReplicas)) -}}
{{- end -}}
{{- if and (not .cpuPercent) (not .waitingImages) -}}
{{- $problems = append $problems "autoscaling: cpuPercent and waitingImages 0 (expected: one of them more)" -}}
{{- end -}}
{{- if and .waitingImages (eq .kind "hpa") (not .waitingImagesMetric) -}}
{{- $problems = append $problems "autoscaling.waitingImagesMetric: nothing (expected: the name of a pods metric with waitingImages and kind hpa)" -}}
{{- end -}}
{{- if and .waitingImages (eq .kind "keda") (not .prometheusAddress) -}}
{{- $problems = append $problems "autoscaling.prometheusAddress: nothing (expected: http://HOST:PORT with waitingImages and kind keda)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $own := include "mekiki.ownProperties" . | fromYaml -}}
{{- range $key, $_ := $v.config -}}
{{- if hasKey $own $key -}}
{{- $problems = append $problems (printf "config: %s (expected: left out, as the chart sets it from its own values)" $key) -}}
{{- else if eq $key "mekiki.gallery.milvus.token" -}}
{{- $problems = append $problems "config: mekiki.gallery.milvus.token (expected: gallery.milvus.token, as secrets belong in a Secret)" -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n\nThe values cannot work:\n- %s\n" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}
