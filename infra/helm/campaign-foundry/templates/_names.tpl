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

{{- /* Environment of a process that serves and draws */ -}}
{{- define "foundry.environment" -}}
{{ include "foundry.serving" . }}
{{- include "foundry.vendors" . | nindent 0 }}
{{- end -}}

{{- /* Environment of a process that serves */ -}}
{{- define "foundry.serving" -}}
- {name: HOME, value: /tmp}
{{- with .Values.kafka.passwordSecret }}
{{- if .name }}
- name: KAFKA_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .key }}}}
{{- end }}
{{- end }}
{{- with .Values.otlp }}
{{- if .endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: {{ .protocol | quote }}}
{{- if .headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: {secretKeyRef: {name: {{ .headersSecret.name }}, key: {{ .headersSecret.key }}}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Probes of a process that serves */ -}}
{{- define "foundry.probes" -}}
startupProbe:
  httpGet: {path: /live, port: http}
  periodSeconds: 5
  failureThreshold: 36
livenessProbe:
  httpGet: {path: /live, port: http}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 4
readinessProbe:
  httpGet: {path: /ready, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end -}}

{{- /* Where a process that serves or refreshes finds its files */ -}}
{{- define "foundry.mounts" -}}
- {name: config, mountPath: /etc/foundry/config, readOnly: true}
- {name: scratch, mountPath: /tmp}
{{- if .Values.tenants.configMap }}
{{- range .Values.tenants.items }}
# One by one: a config map that is mounted whole is made of links, which are not followed below a tenant.
- {name: tenants, mountPath: /etc/foundry/tenants/{{ .path }}, subPath: {{ .key }}, readOnly: true}
{{- end }}
{{- else }}
- {name: tenants, mountPath: /etc/foundry/tenants, readOnly: true}
{{- end }}
- {name: files, mountPath: /etc/foundry/files, readOnly: true}
{{- if .Values.kafka.caSecret.name }}
- {name: kafka-ca, mountPath: /etc/foundry/kafka-ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "foundry.volumes" -}}
- name: config
  configMap: {name: {{ include "foundry.name" . }}}
- name: scratch
  emptyDir: {sizeLimit: {{ .Values.dispatcher.scratch }}}
- name: tenants
  {{- if .Values.tenants.claim }}
  persistentVolumeClaim: {claimName: {{ .Values.tenants.claim }}, readOnly: true}
  {{- else if .Values.tenants.configMap }}
  configMap: {name: {{ .Values.tenants.configMap }}}
  {{- else if .Values.tenants.bucket }}
  {{- include "foundry.bucket" .Values.tenants | nindent 2 }}
  {{- else }}
  emptyDir: {}
  {{- end }}
- name: files
  {{- if .Values.files.claim }}
  persistentVolumeClaim: {claimName: {{ .Values.files.claim }}, readOnly: true}
  {{- else if .Values.files.bucket }}
  {{- include "foundry.bucket" .Values.files | nindent 2 }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- with .Values.kafka.caSecret }}
{{- if .name }}
- name: kafka-ca
  secret: {secretName: {{ .name }}, items: [{key: {{ .key }}, path: {{ .key }}}]}
{{- end }}
{{- end }}
{{- end -}}

{{- /* What a process that serves may reach */ -}}
{{- define "foundry.egress" -}}
- to: # names
    - namespaceSelector: {}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
- ports: # Kafka
    {{- range $.Values.networkPolicy.kafkaPorts }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with $.Values.networkPolicy.kafkaBlocks }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  {{- end }}
- ports: # Cloud Storage, and Google's tokens
    - {port: 443, protocol: TCP}
- to: # workload identity's metadata server
    - ipBlock: {cidr: 169.254.169.252/32}
    - ipBlock: {cidr: 169.254.169.254/32}
  ports:
    - {port: 80, protocol: TCP}
    - {port: 988, protocol: TCP}
    - {port: 987, protocol: TCP}
{{- with .Values.otlp.endpoint }}
- ports: # OpenTelemetry's collector
    - {port: {{ regexFind ":[0-9]+" . | trimPrefix ":" }}, protocol: TCP}
{{- end }}
{{- end -}}

{{- define "foundry.podAnnotations" -}}
checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
{{- if or .Values.tenants.bucket .Values.files.bucket }}
gke-gcsfuse/volumes: "true"
{{- end }}
{{- end -}}

{{- /* The name of a catalog's job, of at most 52 characters, for (list $ .job): ids may have what names of Kubernetes have not */ -}}
{{- define "foundry.jobName" -}}
{{- $job := index . 1 -}}
{{- $ids := printf "%s-%s" $job.tenant $job.catalog -}}
{{- $plain := regexReplaceAll "[^a-z0-9]+" $ids "-" | trunc 24 | trimSuffix "-" -}}
{{- printf "%s-%s-%s" ((index . 0).Release.Name | trunc 18 | trimSuffix "-") $plain (printf "%s/%s" $job.tenant $job.catalog | sha256sum | trunc 8) -}}
{{- end -}}
