{{/* The variables of a part: a list of the root and the part's name. */}}
{{- define "rookery.env" -}}
{{- $root := index . 0 }}
{{- $part := index . 1 }}
{{- $required := list "DATABASE_URL" }}
{{- $optional := list }}
{{- if ne $part "migrate" }}
{{- $optional = list "SMTP_URL" "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" "AWS_SESSION_TOKEN" "KAFKA_SASL_PASSWORD" "ROOKERY_OIDC_CLIENT_SECRET" }}
{{- end }}
{{- if eq $part "serve" }}
{{- $required = append $required "ROOKERY_SIGNING_KEY" }}
{{- $optional = append $optional "ROOKERY_SIGNING_KEY_PREVIOUS" }}
{{- end }}
{{- range $variable := concat $required $optional }}
{{- $ref := get $root.Values.secretRefs $variable | default dict }}
{{- $name := $ref.name | default $root.Values.existingSecret }}
{{- if $name }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $name }}
      key: {{ $ref.key | default $variable }}
      {{- if and (has $variable $optional) (not $ref.name) }}
      optional: true
      {{- end }}
{{- else if has $variable $required }}
{{- fail (printf "existingSecret is missing: the name of a Secret that holds %s (values.yaml says how it is made), or secretRefs.%s" $variable $variable) }}
{{- end }}
{{- end }}
{{- $settings := $root.Values.settings }}
{{- range $variable, $value := $settings }}
{{- if or (has $variable $required) (has $variable (list "ROOKERY_SIGNING_KEY" "ROOKERY_SIGNING_KEY_PREVIOUS" "SMTP_URL" "AWS_SECRET_ACCESS_KEY" "AWS_SESSION_TOKEN" "KAFKA_SASL_PASSWORD" "ROOKERY_OIDC_CLIENT_SECRET")) }}
{{- fail (printf "settings.%s is a secret: put it into the Secret that existingSecret names" $variable) }}
{{- end }}
{{- if has $variable (list "ROOKERY_LISTEN" "ROOKERY_OPS_LISTEN" "ROOKERY_DATA_DIR" "ROOKERY_NO_WORKER") }}
{{- fail (printf "settings.%s is set by the chart" $variable) }}
{{- end }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- if ne $part "migrate" }}
- name: ROOKERY_LISTEN
  value: 0.0.0.0:8000
- name: ROOKERY_OPS_LISTEN
  value: 0.0.0.0:9464
{{- end }}
- name: ROOKERY_DATA_DIR
  value: /data
{{- if eq $part "serve" }}
- name: ROOKERY_NO_WORKER
  value: {{ $root.Values.worker.enabled | quote }}
{{- end }}
{{- end }}

{{- define "rookery.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "rookery.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* What every container of the image begins with: a list of the root and the part's name. */}}
{{- define "rookery.container" -}}
{{- $root := index . 0 }}
{{- $part := index . 1 -}}
name: {{ $part }}
image: {{ include "rookery.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: [{{ $part }}]
securityContext:
  {{- include "rookery.containerSecurity" $root | nindent 2 }}
env:
  {{- include "rookery.env" . | trim | nindent 2 }}
{{- with $root.Values.existingConfigMap }}
envFrom:
  - configMapRef:
      name: {{ . }}
{{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: data
    mountPath: /data
  {{- with $root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "rookery.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmpSizeLimit }}
# Letters, where there is no mail server; nothing else with PostgreSQL.
- name: data
  emptyDir:
    sizeLimit: 256Mi
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where pods go: a list of the root, the part's name and the part's values. */}}
{{- define "rookery.placement" -}}
{{- $root := index . 0 }}
{{- $part := index . 1 }}
{{- $values := index . 2 }}
{{- with $root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $root.Values.spread }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "rookery.selector" (list $root $part) | nindent 8 }}
    # Pods of the version that goes do not count.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}
