import type { Reasons } from "./explanation.ts";

const REJECTED_REMEDIES = {
  wrong: "Correct it in Git.",
  "can be made anew":
    "What is there cannot be changed so: delete it and sync again, or have syncs do that by the annotation `argocd.argoproj.io/sync-options: Force=true,Replace=true` on it.",
  "keeps data":
    "What is there cannot be changed so, and no sync deletes it, for its data would go with it: give Git its present value back, or replace it yourself.",
} as const;

/** What can go wrong with clusters and what is written to them. `destination` is a name or a URL without userinfo. */
export const CLUSTER_REASONS = {
  ClusterUnreachable: ({ destination }: { destination: string }) => ({
    title: `Cluster \`${destination}\` did not answer`,
    remedy: "Nothing was changed.",
    meanwhile: "It is tried again on its own; no action is needed yet.",
    byHand: "Does it run, and is the kubeconfig's current context the one that you mean?",
    retryable: true,
  }),
  LiveStateStale: ({ destination, kinds }: { destination: string; kinds: readonly string[] }) => ({
    title: `What cluster \`${destination}\` holds of ${kinds.join(", ")} is not known just now`,
    remedy: "Nothing was changed.",
    meanwhile: "It is tried again on its own; no action is needed yet.",
    retryable: true,
  }),
  ClusterThrottled: ({ destination }: { destination: string }) => ({
    title: `Cluster \`${destination}\` asks to be left alone for a while`,
    remedy:
      "Its API server answers that there are too many requests. What was not done yet is done when it has recovered.",
    retryable: true,
  }),
  ClusterDenied: ({ destination, what }: { destination: string; what: string }) => ({
    title: `Cluster \`${destination}\` does not permit us to ${what}`,
    remedy:
      "Nothing was changed. Grant the account of the cluster's Secret, or the kubeconfig's user, that right (RBAC), then sync again.",
    retryable: false,
  }),
  ClusterSignInFailed: ({ destination }: { destination: string }) => ({
    title: `Cluster \`${destination}\` does not accept our credentials`,
    remedy:
      "Nothing was changed. The credentials were read again and refused again: renew them in the cluster's Secret or kubeconfig.",
    retryable: false,
  }),
  ClusterCertificate: ({ destination, problem }: { destination: string; problem: string }) => ({
    title: `Cluster \`${destination}\` did not prove who it is: ${problem}`,
    remedy:
      "Nothing was sent to it. Put the certificate of its authority into `tlsClientConfig.caData` of the cluster's Secret (in a kubeconfig, `certificate-authority-data`), or correct `server` and `serverName`.",
    retryable: false,
  }),
  ClusterCredentialsRefused: ({ destination, problem }: { destination: string; problem: string }) => ({
    title: `The credentials of cluster \`${destination}\` cannot be used: ${problem}`,
    remedy:
      "Nothing was sent to it. Give the cluster's Secret a bearer token or a client certificate, and what belongs to it, instead.",
    retryable: false,
  }),
  ClusterUnknown: ({ destination }: { destination: string }) => ({
    title: `No cluster \`${destination}\` is configured`,
    remedy:
      "Nothing was changed. Add a cluster Secret whose `server` or `name` is that, or correct the Application's destination.",
    retryable: false,
  }),
  ClusterAnswerUnusable: ({ destination, problem }: { destination: string; problem: string }) => ({
    title: `Cluster \`${destination}\` gave an answer that cannot be used: ${problem}`,
    remedy:
      "Nothing was concluded from it. See whether something other than a Kubernetes API server answers at that address.",
    retryable: true,
  }),
  ClusterAnswerTooLarge: ({ destination }: { destination: string }) => ({
    title: `Cluster \`${destination}\` gave an answer that is longer than any we take`,
    remedy:
      "Nothing was concluded from it. See which objects there are so large, and whether they have to be.",
    retryable: true,
  }),
  KubeconfigInvalid: ({ problem }: { problem: string }) => ({
    title: `The kubeconfig cannot be used: ${problem}`,
    remedy: "Nothing was changed. Correct it, or name another one by `KUBECONFIG` or `--kubeconfig`.",
    retryable: false,
  }),
  KindUnknown: ({
    destination,
    apiVersion,
    kind,
  }: {
    destination: string;
    apiVersion: string;
    kind: string;
  }) => ({
    title: `Cluster \`${destination}\` knows no kind ${kind} in \`${apiVersion}\``,
    remedy:
      "Nothing was changed. Its CustomResourceDefinition may be missing or not ready yet, or the API version is one that the cluster no longer serves.",
    retryable: true,
  }),
  NamespaceMissing: ({ namespace, object }: { namespace: string; object: string }) => ({
    title: `${object} needs namespace \`${namespace}\`, which does not exist`,
    remedy: "Add the Namespace to the source, or the sync option `CreateNamespace=true` to the Application.",
    retryable: true,
  }),
  NamespaceTerminating: ({ namespace, object }: { namespace: string; object: string }) => ({
    title: `${object} cannot be created while namespace \`${namespace}\` is being deleted`,
    remedy: "It is tried again when the namespace is gone.",
    retryable: true,
  }),
  ApplyRejected: ({
    object,
    message,
    unchangeable,
  }: {
    object: string;
    message: string;
    /** Set where a field cannot be changed once an object exists. */
    unchangeable?: "can be made anew" | "keeps data";
  }) => ({
    title: `The cluster rejected ${object}`,
    remedy: `${message}\n\nThe object was not changed. ${REJECTED_REMEDIES[unchangeable ?? "wrong"]}`,
    retryable: false,
  }),
  ApplyFailed: ({ object, message }: { object: string; message: string }) => ({
    title: `The cluster could not carry out what was asked for ${object}`,
    remedy: `${message}\n\nThe object may or may not have been changed: it is looked at and tried again on its own.`,
    retryable: true,
  }),
  ApplyConflict: ({ object, message }: { object: string; message: string }) => ({
    title: `${object} was changed by someone else at the same moment`,
    remedy: `${message}\n\nThe object was not changed by us. It is tried again on its own.`,
    retryable: true,
  }),
  ObjectExists: ({ object }: { object: string }) => ({
    title: `${object} exists already`,
    remedy: "It was not changed. What is there now is looked at before it is tried again.",
    retryable: true,
  }),
  PreconditionFailed: ({ object }: { object: string }) => ({
    title: `${object} is not the object any more that was looked at`,
    remedy:
      "It was changed, or deleted and created anew, meanwhile. Nothing was done to it; it is looked at again.",
    retryable: true,
  }),
} as const satisfies Reasons;
