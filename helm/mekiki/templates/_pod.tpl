{{- define "mekiki.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "mekiki.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The pod of either workload: its metadata and what it is. */}}
{{- define "mekiki.pod" -}}
{{- $v := .Values -}}
{{- $milvus := eq $v.gallery.backend "milvus" -}}
{{- $tensorRt := and $v.gpu.enabled (eq $v.gpu.provider "tensorrt") -}}
metadata:
  labels:
    {{- include "mekiki.selector" . | nindent 4 }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A change of the configuration is a change of the pods.
    checksum/config: {{ include "mekiki.properties" . | sha256sum }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "mekiki.fullname" . }}
  automountServiceAccountToken: false
  # The variables of a Service called "mekiki" would look like the service's own configuration.
  enableServiceLinks: false
  {{- with $v.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "mekiki.podSecurity" . | nindent 4 }}
  terminationGracePeriodSeconds: {{ add $v.shutdown.preStopSeconds $v.shutdown.drainSeconds $v.shutdown.closeSeconds }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if and $v.gpu.enabled $v.gpu.runtimeClassName }}
  runtimeClassName: {{ $v.gpu.runtimeClassName }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- $tolerations := $v.tolerations }}
  {{- if and $v.gpu.enabled $v.gpu.tolerateTaint }}
  {{- $tolerations = append $tolerations (dict "key" $v.gpu.resource "operator" "Exists" "effect" "NoSchedule") }}
  {{- end }}
  {{- with $tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if $milvus }}
  {{- $spread := list (dict "key" "topology.kubernetes.io/zone" "when" $v.topologySpread.zones) (dict "key" "kubernetes.io/hostname" "when" $v.topologySpread.nodes) }}
  {{- $constraints := list }}
  {{- range $spread }}
  {{- if ne .when "None" }}
  {{- $constraints = append $constraints (dict "maxSkew" 1 "topologyKey" .key "whenUnsatisfiable" .when "labelSelector" (dict "matchLabels" (include "mekiki.selector" $ | fromYaml)) "matchLabelKeys" (list "pod-template-hash")) }}
  {{- end }}
  {{- end }}
  {{- with $constraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- if eq $v.model.source "download" }}
  initContainers:
    - name: models
      image: {{ $v.curlImage }}
      # A file gets its name only when its digest is right.
      command:
        - sh
        - -euc
        - |
          cd "$1"
          shift
          while [ $# -gt 0 ]; do
            curl --fail --silent --show-error --location --retry 5 --retry-connrefused --output "$3.part" "$1"
            echo "$2  $3.part" | sha256sum -c -
            mv "$3.part" "$3"
            shift 3
          done
        - models
      args:
        - /models
        {{- range $v.model.download }}
        - {{ .url | quote }}
        - {{ .sha256 | quote }}
        - {{ base .url | quote }}
        {{- end }}
      resources:
        requests: {cpu: 100m, memory: 64Mi}
        limits: {memory: 64Mi}
      securityContext:
        {{- include "mekiki.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: models, mountPath: /models}
  {{- end }}
  containers:
    - name: mekiki
      image: {{ include "mekiki.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      env:
        # Without a CPU limit the virtual machine would count the node's processors, and make a session for each.
        - name: PROCESSORS
          valueFrom:
            resourceFieldRef: {containerName: mekiki, resource: requests.cpu, divisor: "1"}
        - name: JDK_JAVA_OPTIONS
          value: {{ concat (list "-XX:ActiveProcessorCount=$(PROCESSORS)" (printf "-XX:MaxRAMPercentage=%d" (int $v.jvm.heapPercent)) "-XX:+ExitOnOutOfMemoryError") $v.jvm.options | join " " | quote }}
        {{- if and $milvus $v.gallery.milvus.token.secretName }}
        - name: MEKIKI_GALLERY_MILVUS_TOKEN
          valueFrom:
            secretKeyRef: {name: {{ $v.gallery.milvus.token.secretName }}, key: {{ $v.gallery.milvus.token.key }}}
        {{- end }}
      ports:
        - {name: grpc, containerPort: 9000}
        - {name: http, containerPort: 8080}
      # The service listens before galleries and models are open, and ends by itself if they cannot be opened; it waits
      # for a Milvus that is away. So only the virtual machine has to be up in time.
      startupProbe:
        httpGet: {path: /q/health/live, port: http}
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 60
      readinessProbe:
        httpGet: {path: /q/health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      # Slow to act: a service under load is to refuse, not to be started anew.
      livenessProbe:
        httpGet: {path: /q/health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- if $v.shutdown.preStopSeconds }}
      lifecycle:
        preStop:
          sleep: {seconds: {{ int $v.shutdown.preStopSeconds }}}
      {{- end }}
      {{- $resources := deepCopy $v.resources }}
      {{- if $v.gpu.enabled }}
      {{- $_ := set $resources.limits $v.gpu.resource (int $v.gpu.count) }}
      {{- end }}
      resources:
        {{- toYaml $resources | nindent 8 }}
      securityContext:
        {{- include "mekiki.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /opt/mekiki/config, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if not $milvus }}
        - {name: data, mountPath: /var/lib/mekiki}
        {{- end }}
        {{- if ne $v.model.source "bundled" }}
        - {name: models, mountPath: /models, readOnly: true}
        {{- end }}
        {{- if $v.tls.secretName }}
        - {name: tls, mountPath: /etc/mekiki/tls, readOnly: true}
        {{- end }}
        {{- if $v.access.secretName }}
        - {name: access, mountPath: /etc/mekiki/access, readOnly: true}
        {{- end }}
        {{- if and $milvus $v.gallery.milvus.tls.secretName }}
        - {name: milvus, mountPath: /etc/mekiki/milvus, readOnly: true}
        {{- end }}
        {{- if $tensorRt }}
        - {name: engines, mountPath: /var/cache/mekiki}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ include "mekiki.fullname" . }}}
    # Native libraries are unpacked here.
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
    {{- if eq $v.model.source "image" }}
    - name: models
      image: {reference: {{ $v.model.image.reference | quote }}, pullPolicy: {{ $v.model.image.pullPolicy }}}
    {{- else if eq $v.model.source "claim" }}
    - name: models
      persistentVolumeClaim: {claimName: {{ $v.model.claim }}, readOnly: true}
    {{- else if eq $v.model.source "download" }}
    - name: models
      emptyDir: {}
    {{- end }}
    {{- if $v.tls.secretName }}
    # As a whole, so that what is renewed in it reaches the service; as below.
    - name: tls
      secret: {secretName: {{ $v.tls.secretName }}, defaultMode: 0440}
    {{- end }}
    {{- if $v.access.secretName }}
    - name: access
      secret: {secretName: {{ $v.access.secretName }}, defaultMode: 0440}
    {{- end }}
    {{- if and $milvus $v.gallery.milvus.tls.secretName }}
    - name: milvus
      secret: {secretName: {{ $v.gallery.milvus.tls.secretName }}, defaultMode: 0440}
    {{- end }}
    {{- if $tensorRt }}
    - name: engines
      {{- if $v.gpu.engineCacheClaim }}
      persistentVolumeClaim: {claimName: {{ $v.gpu.engineCacheClaim }}}
      {{- else }}
      emptyDir: {}
      {{- end }}
    {{- end }}
{{- end -}}
