{{- define "foundry.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "foundry.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "foundry.labels" -}}
{{ include "foundry.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "foundry.account" -}}
{{- .Values.serviceAccount.name | default (include "foundry.name" .) -}}
{{- end -}}

{{- /* An image by digest if there is one, else by tag: (list $ $.Values.image) */ -}}
{{- define "foundry.image" -}}
{{- $image := index . 1 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 0).Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "foundry.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "foundry.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* A bucket as a folder, read only, by GKE's Cloud Storage FUSE driver: .Values.files */ -}}
{{- define "foundry.bucket" -}}
csi:
  driver: gcsfuse.csi.storage.gke.io
  readOnly: true
  volumeAttributes:
    bucketName: {{ .bucket }}
    mountOptions: "implicit-dirs,only-dir={{ .folder }},uid=10001,gid=10001,file-mode=0440,dir-mode=0550"
{{- end -}}

{{- /* Vendors' credentials, for the dispatcher and for every worker that draws */ -}}
{{- define "foundry.vendors" -}}
{{- range .Values.secretEnvironment }}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}
{{- end -}}
