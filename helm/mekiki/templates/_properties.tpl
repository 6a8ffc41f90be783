{{- define "mekiki.modelFolder" -}}
{{- if eq .Values.model.source "bundled" -}}/opt/mekiki/models{{- else -}}/models{{- end -}}
{{- end -}}

{{/* The properties of the service that follow from the chart's own values. */}}
{{- define "mekiki.ownProperties" -}}
{{- $v := .Values -}}
{{- $folder := include "mekiki.modelFolder" . -}}
quarkus.grpc.server.host: 0.0.0.0
quarkus.grpc.server.port: "9000"
quarkus.http.host: 0.0.0.0
quarkus.http.port: "8080"
mekiki.server.insecure-listen-allowed: {{ $v.insecureListenAllowed | quote }}
{{- if $v.tls.secretName }}
mekiki.server.tls.certificate: /etc/mekiki/tls/tls.crt
mekiki.server.tls.key: /etc/mekiki/tls/tls.key
{{- if $v.tls.clientCertificates }}
mekiki.server.tls.client-authorities: /etc/mekiki/tls/ca.crt
{{- end }}
{{- end }}
{{- if $v.access.secretName }}
mekiki.access.file: {{ printf "/etc/mekiki/access/%s" $v.access.key }}
{{- with $v.access.tokens }}
{{- if .issuer }}
mekiki.access.tokens.issuer: {{ .issuer | quote }}
mekiki.access.tokens.audience: {{ .audience | quote }}
mekiki.access.tokens.keys: {{ .keys | quote }}
{{- end }}
{{- end }}
{{- end }}
mekiki.server.drain-timeout: {{ printf "%ds" (int $v.shutdown.drainSeconds) }}
{{- with int $v.connections.maxAgeSeconds }}
mekiki.server.max-connection-age: {{ printf "%ds" . }}
{{- end }}
mekiki.model.path: {{ printf "%s/%s" $folder $v.model.file }}
{{- with $v.model.more }}
{{- $files := list }}
{{- range . }}
{{- $files = append $files (printf "%s/%s" $folder .) }}
{{- end }}
mekiki.model.more: {{ join "," $files | quote }}
{{- end }}
{{- if $v.tracing.endpoint }}
mekiki.tracing.endpoint: {{ $v.tracing.endpoint | quote }}
mekiki.tracing.share: {{ $v.tracing.share | quote }}
{{- end }}
mekiki.gallery.backend: {{ $v.gallery.backend }}
{{- if eq $v.gallery.backend "embedded" }}
mekiki.gallery.directory: /var/lib/mekiki/galleries
mekiki.drift.directory: /var/lib/mekiki/drift
{{- if $v.gallery.embedded.keepImages }}
mekiki.images.directory: /var/lib/mekiki/images
{{- end }}
{{- else }}
{{- with $v.gallery.milvus }}
mekiki.gallery.milvus.uri: {{ .uri | quote }}
mekiki.gallery.milvus.database: {{ .database | quote }}
mekiki.gallery.milvus.prefix: {{ .prefix | quote }}
{{- if .tls.secretName }}
mekiki.gallery.milvus.tls.authorities: /etc/mekiki/milvus/ca.crt
{{- if .tls.clientCertificate }}
mekiki.gallery.milvus.tls.certificate: /etc/mekiki/milvus/tls.crt
mekiki.gallery.milvus.tls.key: /etc/mekiki/milvus/tls.key
{{- end }}
{{- with .tls.serverName }}
mekiki.gallery.milvus.tls.server-name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $v.gpu.enabled }}
mekiki.inference.providers: {{ $v.gpu.provider }}
mekiki.inference.batch-sizes: {{ $v.gpu.batchSizes | quote }}
mekiki.inference.gpu.devices: {{ untilStep 0 (int $v.gpu.count) 1 | join "," | quote }}
{{- if eq $v.gpu.provider "tensorrt" }}
mekiki.inference.tensorrt.cache: /var/cache/mekiki
{{- end }}
{{- end }}
{{- end -}}

{{/* All of them as a file; whole numbers would come out as floating-point ones otherwise. */}}
{{- define "mekiki.properties" -}}
{{- $all := include "mekiki.ownProperties" . | fromYaml -}}
{{- range $key, $value := .Values.config -}}
{{- $_ := set $all $key (kindIs "float64" $value | ternary (printf "%d" (int64 $value)) (toString $value)) -}}
{{- end -}}
{{- range $key := keys $all | sortAlpha }}
{{ $key }}={{ get $all $key | replace "\\" "\\\\" }}
{{- end }}
{{- end -}}
