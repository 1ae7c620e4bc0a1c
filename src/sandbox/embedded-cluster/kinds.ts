/** A kind as one API server serves it. */
export interface ServedKind {
  readonly group: string;
  readonly kind: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Served versions, the one objects are kept in first. */
  readonly versions: readonly string[];
  /** Counts changes of its desired state in `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** `status` is written through its own subresource only. */
  readonly hasStatus: boolean;
}

/**
 * `group versions` → `Kind/plural`, `*` for cluster-scoped, `+` where changes are counted in `generation`, `!` where
 * status is a subresource. Kubernetes 1.36, without what is off by default. `v1` alone is the core group.
 */
const TABLE: Readonly<Record<string, string>> = {
  v1: `Namespace/namespaces*! Node/nodes*! PersistentVolume/persistentvolumes*! Pod/pods+! Service/services!
    ConfigMap/configmaps Secret/secrets ServiceAccount/serviceaccounts Endpoints/endpoints Event/events
    LimitRange/limitranges ResourceQuota/resourcequotas! PersistentVolumeClaim/persistentvolumeclaims!
    PodTemplate/podtemplates+ ReplicationController/replicationcontrollers+!`,
  "apps v1": `Deployment/deployments+! ReplicaSet/replicasets+! StatefulSet/statefulsets+! DaemonSet/daemonsets+!
    ControllerRevision/controllerrevisions`,
  "batch v1": "Job/jobs+! CronJob/cronjobs+!",
  "autoscaling v2,v1": "HorizontalPodAutoscaler/horizontalpodautoscalers!",
  "policy v1": "PodDisruptionBudget/poddisruptionbudgets+!",
  "networking.k8s.io v1": `Ingress/ingresses+! IngressClass/ingressclasses*+ NetworkPolicy/networkpolicies+
    IPAddress/ipaddresses* ServiceCIDR/servicecidrs*!`,
  "rbac.authorization.k8s.io v1": `Role/roles RoleBinding/rolebindings ClusterRole/clusterroles*
    ClusterRoleBinding/clusterrolebindings*`,
  "apiextensions.k8s.io v1": "CustomResourceDefinition/customresourcedefinitions*+!",
  "apiregistration.k8s.io v1": "APIService/apiservices*!",
  "admissionregistration.k8s.io v1": `ValidatingWebhookConfiguration/validatingwebhookconfigurations*+
    MutatingWebhookConfiguration/mutatingwebhookconfigurations*+
    ValidatingAdmissionPolicy/validatingadmissionpolicies*+!
    ValidatingAdmissionPolicyBinding/validatingadmissionpolicybindings*+`,
  "storage.k8s.io v1": `StorageClass/storageclasses* CSIDriver/csidrivers* CSINode/csinodes*
    VolumeAttachment/volumeattachments*! CSIStorageCapacity/csistoragecapacities
    VolumeAttributesClass/volumeattributesclasses*`,
  "scheduling.k8s.io v1": "PriorityClass/priorityclasses*+",
  "coordination.k8s.io v1": "Lease/leases",
  "discovery.k8s.io v1": "EndpointSlice/endpointslices+",
  "node.k8s.io v1": "RuntimeClass/runtimeclasses*",
  "events.k8s.io v1": "Event/events",
  "certificates.k8s.io v1": "CertificateSigningRequest/certificatesigningrequests*!",
  "flowcontrol.apiserver.k8s.io v1": `FlowSchema/flowschemas*+!
    PriorityLevelConfiguration/prioritylevelconfigurations*+!`,
  "resource.k8s.io v1": `DeviceClass/deviceclasses*+ ResourceClaim/resourceclaims!
    ResourceClaimTemplate/resourceclaimtemplates ResourceSlice/resourceslices*+`,
};

/** What every cluster serves before any CustomResourceDefinition. */
export const BUILT_IN_KINDS: readonly ServedKind[] = Object.entries(TABLE).flatMap(([name, kinds]) => {
  const [group = "", versions = "v1"] = name === "v1" ? ["", "v1"] : name.split(" ");
  return kinds.split(/\s+/).map((row) => servedKind({ group, versions: versions.split(",") }, row));
});

function servedKind(at: Pick<ServedKind, "group" | "versions">, row: string): ServedKind {
  const [, kind = "", resource = "", marks = ""] = /^(\w+)\/([a-z0-9]+)([*+!]*)$/.exec(row) ?? [];
  return {
    ...at,
    kind,
    resource,
    namespaced: !marks.includes("*"),
    hasGeneration: marks.includes("+"),
    hasStatus: marks.includes("!"),
  };
}
