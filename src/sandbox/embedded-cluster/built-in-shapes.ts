import { LABEL_SELECTOR, POD_SPEC, RESOURCES } from "./pod-shapes.ts";
import { ANY_SHAPE, openStruct, type Shape, struct } from "./shapes.ts";

/** `metadata` of every object. */
export const OBJECT_META = struct(
  `name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string generation:int
   creationTimestamp deletionTimestamp deletionGracePeriodSeconds:int labels:strings annotations:strings
   ownerReferences[uid] finalizers[=] managedFields[]`,
  { ownerReferences: { type: "object", isAtomic: true } },
);

const POD_TEMPLATE = struct("metadata~ spec~", { metadata: OBJECT_META, spec: POD_SPEC });
const STATUS = openStruct("conditions[type]");
const JOB_SPEC = struct(
  `parallelism:int completions:int activeDeadlineSeconds:int podFailurePolicy successPolicy backoffLimit:int
   backoffLimitPerIndex:int maxFailedIndexes:int selector manualSelector:bool template~ ttlSecondsAfterFinished:int
   completionMode:string suspend:bool podReplacementPolicy:string managedBy:string`,
  { selector: LABEL_SELECTOR, template: POD_TEMPLATE },
);
const CLAIM_SPEC = struct(
  `accessModes[] selector resources volumeName:string storageClassName:string volumeMode:string dataSource!
   dataSourceRef volumeAttributesClassName:string`,
  { selector: LABEL_SELECTOR, resources: RESOURCES },
);

const SPECS: Readonly<Record<string, Shape>> = {
  Pod: POD_SPEC,
  "Deployment.apps": struct(
    `replicas:int selector template~ strategy~ minReadySeconds:int revisionHistoryLimit:int paused:bool
     progressDeadlineSeconds:int`,
    {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      strategy: struct("type:string rollingUpdate", {
        rollingUpdate: struct("maxUnavailable maxSurge"),
      }),
    },
  ),
  "ReplicaSet.apps": struct("replicas:int minReadySeconds:int selector template~", {
    selector: LABEL_SELECTOR,
    template: POD_TEMPLATE,
  }),
  "StatefulSet.apps": struct(
    `replicas:int selector template~ volumeClaimTemplates[] serviceName:string podManagementPolicy:string updateStrategy~
     revisionHistoryLimit:int minReadySeconds:int persistentVolumeClaimRetentionPolicy ordinals`,
    {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      updateStrategy: struct("type:string rollingUpdate", {
        rollingUpdate: struct("partition:int maxUnavailable"),
      }),
      volumeClaimTemplates: openStruct("metadata spec", { metadata: OBJECT_META, spec: CLAIM_SPEC }),
    },
  ),
  "DaemonSet.apps": struct(
    "selector template~ updateStrategy~ minReadySeconds:int revisionHistoryLimit:int",
    {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
      updateStrategy: struct("type:string rollingUpdate", {
        rollingUpdate: struct("maxUnavailable maxSurge"),
      }),
    },
  ),
  "Job.batch": JOB_SPEC,
  "CronJob.batch": struct(
    `schedule:string timeZone:string startingDeadlineSeconds:int concurrencyPolicy:string suspend:bool jobTemplate~
     successfulJobsHistoryLimit:int failedJobsHistoryLimit:int`,
    { jobTemplate: struct("metadata~ spec~", { metadata: OBJECT_META, spec: JOB_SPEC }) },
  ),
  Service: struct(
    `ports[port,protocol=TCP] selector! clusterIP:string clusterIPs[] type:string externalIPs[] sessionAffinity:string
     loadBalancerIP:string loadBalancerSourceRanges[] externalName:string externalTrafficPolicy:string
     healthCheckNodePort:int publishNotReadyAddresses:bool sessionAffinityConfig ipFamilies[] ipFamilyPolicy:string
     allocateLoadBalancerNodePorts:bool loadBalancerClass:string internalTrafficPolicy:string
     trafficDistribution:string`,
    {
      ports: struct("name:string protocol:string appProtocol:string port:int targetPort nodePort:int"),
    },
  ),
  PersistentVolumeClaim: CLAIM_SPEC,
  "HorizontalPodAutoscaler.autoscaling": struct(
    "scaleTargetRef~ minReplicas:int maxReplicas:int metrics[] behavior targetCPUUtilizationPercentage:int",
    { scaleTargetRef: struct("kind:string name:string apiVersion:string") },
  ),
  "PodDisruptionBudget.policy": struct(
    "minAvailable selector maxUnavailable unhealthyPodEvictionPolicy:string",
    {
      selector: LABEL_SELECTOR,
    },
  ),
  "Ingress.networking.k8s.io": struct("ingressClassName:string defaultBackend tls[] rules[]"),
  "NetworkPolicy.networking.k8s.io": struct("podSelector ingress[] egress[] policyTypes[]", {
    podSelector: LABEL_SELECTOR,
  }),
  Namespace: struct("finalizers[=]"),
  ResourceQuota: struct("hard:quantities scopeSelector! scopes[]"),
};

const WEBHOOK = openStruct(
  "name:string clientConfig namespaceSelector objectSelector rules[] matchConditions[name]",
  {
    clientConfig: struct("url:string service caBundle:string"),
    namespaceSelector: LABEL_SELECTOR,
    objectSelector: LABEL_SELECTOR,
  },
);

/** Kinds without `spec`: all their fields but apiVersion, kind and metadata. */
const WITHOUT_SPEC: Readonly<Record<string, Shape>> = {
  ConfigMap: struct("data:strings binaryData:strings immutable:bool"),
  Secret: struct("data:strings stringData:strings type:string immutable:bool"),
  ServiceAccount: struct("secrets[name] imagePullSecrets[] automountServiceAccountToken:bool"),
  "Role.rbac.authorization.k8s.io": struct("rules[]"),
  "ClusterRole.rbac.authorization.k8s.io": struct("rules[] aggregationRule!"),
  "RoleBinding.rbac.authorization.k8s.io": struct("subjects[] roleRef!"),
  "ClusterRoleBinding.rbac.authorization.k8s.io": struct("subjects[] roleRef!"),
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": struct("webhooks[name]", {
    webhooks: WEBHOOK,
  }),
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": struct("webhooks[name]", {
    webhooks: WEBHOOK,
  }),
};

/**
 * What the server knows of a built-in kind. Kinds that are not in the table are taken as they come: lists whole,
 * nothing unknown.
 */
export function builtInShape(groupKind: string): Shape {
  const spec = SPECS[groupKind];
  if (spec !== undefined) return objectShape("spec~ status~", { spec, status: STATUS });
  const plain = WITHOUT_SPEC[groupKind];
  if (plain?.fields !== undefined) return objectShape([...plain.fields.keys()].join(" "), fieldsOf(plain));
  return { ...objectShape("spec~ status~", { spec: ANY_SHAPE, status: STATUS }), isClosed: false };
}

/** The shape of a whole object whose own top-level fields these are. */
export function objectShape(fields: string, nested: Readonly<Record<string, Shape>> = {}): Shape {
  return struct(`apiVersion:string kind:string metadata~ ${fields}`, { ...nested, metadata: OBJECT_META });
}

function fieldsOf({ fields }: Shape): Readonly<Record<string, Shape>> {
  return Object.fromEntries(fields ?? []);
}
