{{- define "mekiki.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left for what is put behind it, "-headless" and "-dashboard". */}}
{{- define "mekiki.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "mekiki.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mekiki.selector" -}}
app.kubernetes.io/name: {{ include "mekiki.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mekiki.labels" -}}
{{ include "mekiki.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mekiki.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* What all of the service's series have in common where the ServiceMonitor has them scraped. */}}
{{- define "mekiki.series" -}}
namespace="{{ .Release.Namespace }}",job="{{ include "mekiki.fullname" . }}"
{{- end -}}

{{/* The port of a URL. */}}
{{- define "mekiki.port" -}}
{{- $url := urlParse . -}}
{{- contains ":" $url.host | ternary (last (splitList ":" $url.host)) (eq $url.scheme "https" | ternary "443" "80") -}}
{{- end -}}
