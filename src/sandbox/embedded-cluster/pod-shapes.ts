import { openStruct, struct } from "./shapes.ts";

const SELECTOR = struct("matchLabels:strings matchExpressions[]");

/** A label selector: one value, whoever writes it. */
export const LABEL_SELECTOR = { ...SELECTOR, isAtomic: true } as const;

const OBJECT_FIELD = "name:string key:string optional:bool";

const ENV = struct("name:string value:string valueFrom", {
  valueFrom: struct("fieldRef! resourceFieldRef! configMapKeyRef! secretKeyRef! fileKeyRef!", {
    configMapKeyRef: struct(OBJECT_FIELD),
    secretKeyRef: struct(OBJECT_FIELD),
  }),
});

const HANDLER = "exec httpGet tcpSocket sleep";
const HTTP_GET = struct("path:string port host:string scheme:string httpHeaders[]");

const PROBE = struct(
  `exec httpGet tcpSocket grpc initialDelaySeconds:int timeoutSeconds:int periodSeconds:int successThreshold:int
   failureThreshold:int terminationGracePeriodSeconds:int`,
  {
    exec: struct("command[]"),
    httpGet: HTTP_GET,
    tcpSocket: struct("port host:string"),
    grpc: struct("port:int service:string"),
  },
);

const LIFECYCLE_HANDLER = struct(HANDLER, { httpGet: HTTP_GET, exec: struct("command[]") });

/** Requests and limits, of containers and of volume claims. */
export const RESOURCES = struct("limits:quantities requests:quantities claims[name]");

const SECURITY_CONTEXT = struct(
  `capabilities privileged:bool seLinuxOptions windowsOptions runAsUser:int runAsGroup:int runAsNonRoot:bool
   readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount:string seccompProfile appArmorProfile`,
  { capabilities: struct("add[] drop[]"), seccompProfile: struct("type:string localhostProfile:string") },
);

const CONTAINER = struct(
  `name:string image:string command[] args[] workingDir:string ports[containerPort,protocol=TCP] envFrom[] env[name]
   resources resizePolicy[] restartPolicy:string restartPolicyRules[] volumeMounts[mountPath] volumeDevices[devicePath]
   livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath:string terminationMessagePolicy:string
   imagePullPolicy:string securityContext stdin:bool stdinOnce:bool tty:bool targetContainerName:string`,
  {
    ports: struct("name:string hostPort:int containerPort:int protocol:string hostIP:string"),
    env: ENV,
    resources: RESOURCES,
    volumeMounts: struct(
      "name:string readOnly:bool recursiveReadOnly mountPath:string subPath:string mountPropagation subPathExpr",
    ),
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    startupProbe: PROBE,
    lifecycle: struct("postStart preStop stopSignal", {
      postStart: LIFECYCLE_HANDLER,
      preStop: LIFECYCLE_HANDLER,
    }),
    securityContext: SECURITY_CONTEXT,
  },
);

const VOLUME = struct(
  `name:string hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs
   persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume quobyte
   azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image`,
  {
    emptyDir: struct("medium:string sizeLimit:quantity"),
    secret: struct("secretName:string items[] defaultMode:int optional:bool"),
    configMap: struct("name:string items[] defaultMode:int optional:bool"),
    persistentVolumeClaim: struct("claimName:string readOnly:bool"),
    hostPath: struct("path:string type:string"),
    projected: struct("sources[] defaultMode:int"),
    downwardAPI: struct("items[] defaultMode:int"),
  },
);

const AFFINITY = struct("nodeAffinity podAffinity podAntiAffinity", {
  nodeAffinity: openStruct("requiredDuringSchedulingIgnoredDuringExecution!"),
});

/** `spec` of a Pod. */
export const POD_SPEC = struct(
  `volumes[name] initContainers[name] containers[name]~ ephemeralContainers[name] restartPolicy:string
   terminationGracePeriodSeconds:int activeDeadlineSeconds:int dnsPolicy:string nodeSelector! serviceAccountName:string
   serviceAccount:string automountServiceAccountToken:bool nodeName:string hostNetwork:bool hostPID:bool hostIPC:bool
   shareProcessNamespace:bool securityContext imagePullSecrets[name] hostname:string subdomain:string affinity
   schedulerName:string tolerations[] hostAliases[ip] priorityClassName:string priority:int dnsConfig readinessGates[]
   runtimeClassName:string enableServiceLinks:bool preemptionPolicy:string overhead:quantities
   topologySpreadConstraints[topologyKey,whenUnsatisfiable] setHostnameAsFQDN:bool os hostUsers:bool
   schedulingGates[name] resourceClaims[name] resources hostnameOverride:string workloadRef`,
  {
    volumes: VOLUME,
    initContainers: CONTAINER,
    containers: CONTAINER,
    ephemeralContainers: CONTAINER,
    affinity: AFFINITY,
    resources: RESOURCES,
    imagePullSecrets: { ...struct("name:string"), isAtomic: true },
    topologySpreadConstraints: openStruct("topologyKey:string whenUnsatisfiable:string labelSelector!"),
    hostAliases: struct("ip:string hostnames[]"),
    securityContext: openStruct("supplementalGroups[] sysctls[] seccompProfile"),
  },
);
