import { load } from "js-yaml";

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/domain/json.ts";

/**
 * Objects as people write them, with what API servers change on arrival: quantities in odd spellings, zero values and
 * empty maps that are left out, defaults inside lists, nulls, Secrets in plain text.
 */
const SAMPLES = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {}, creationTimestamp: null}
data: {empty: "", quantity: 1000m, lines: "a\\nb\\n"}
binaryData: {blob: AAEC}
immutable: false
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {plain: "hëllo", empty: ""}
data: {encoded: aGVsbG8=}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
imagePullSecrets: [{name: registry}]
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: http}
    - {name: dns, port: 53, protocol: UDP, targetPort: 53}
    - {name: dns-tcp, port: 53}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, publishNotReadyAddresses: false, selector: {app: web}, ports: []}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {}}
spec:
  replicas: 0
  paused: false
  selector: {matchLabels: {app: web}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {creationTimestamp: null, labels: {app: web}, annotations: {note: ""}}
    spec:
      hostNetwork: false
      automountServiceAccountToken: false
      securityContext: {}
      serviceAccountName: default
      terminationGracePeriodSeconds: 0
      nodeSelector: {}
      tolerations: [{key: a, operator: Exists}]
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - {weight: 1, podAffinityTerm: {topologyKey: host, labelSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}}
      initContainers:
        - {name: b, image: x, command: [sh, -c, "true"]}
        - {name: a, image: x}
      containers:
        - name: web
          image: web:1
          args: []
          ports: [{name: http, containerPort: 8080}, {containerPort: 9090, protocol: TCP}]
          env:
            - {name: EMPTY, value: ""}
            - {name: ONE, value: "1"}
            - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "0"}}}
            - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            - {name: KEY, valueFrom: {secretKeyRef: {name: password, key: plain, optional: false}}}
          envFrom: [{configMapRef: {name: settings}}]
          resources: {limits: {cpu: 1000m, memory: 1024Mi}, requests: {cpu: 0.5, memory: 0.5Gi}}
          livenessProbe: {httpGet: {path: /, port: 8080}, initialDelaySeconds: 0}
          readinessProbe: {tcpSocket: {port: http}}
          securityContext: {privileged: false, capabilities: {drop: [ALL], add: null}}
          volumeMounts: [{name: scratch, mountPath: /scratch, readOnly: false}, {name: conf, mountPath: /conf, subPath: ""}]
        - {name: sidecar, image: side, resources: {}}
      volumes:
        - {name: scratch, emptyDir: {}}
        - {name: sized, emptyDir: {sizeLimit: 1024Mi}}
        - {name: conf, configMap: {name: settings, items: [{key: a, path: a}], optional: true}}
        - {name: token, projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 3600}}, {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db}]}
  volumeClaimTemplates:
    - metadata: {name: data, creationTimestamp: null}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxUnavailable: 1}}
  template:
    metadata: {labels: {app: agent}}
    spec: {hostPID: false, containers: [{name: agent, image: agent}], volumes: [{name: host, hostPath: {path: /, type: ""}}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  suspend: false
  jobTemplate: {spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: job, image: job}]}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 1000m}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
  rules: [{host: a.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}, {port: http, protocol: TCP}]}, {}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get], resourceNames: []}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: nothing}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: runner, apiGroup: ""}, {kind: User, name: jane}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 0.5Gi}}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 0.25}, max: {memory: 1024Mi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota}
spec: {hard: {limits.cpu: 20000m, pods: 10, requests.storage: 1024Gi}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  completions: 1
  ttlSecondsAfterFinished: 0
  template: {spec: {restartPolicy: Never, containers: [{name: once, image: once, env: [{name: A, value: x}]}]}}
`;

/** The samples, each an object. */
export function workloadSamples(): readonly JsonObject[] {
  return SAMPLES.split("\n---\n")
    .map((text) => load(text) as JsonValue)
    .filter(isJsonObject);
}
