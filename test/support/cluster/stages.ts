import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** kwok's own: a Node becomes ready and stays so; a pod runs at once, a Job's pod completes, a deleted pod goes. */
const KWOK_STAGES = ["node/fast", "node/heartbeat", "pod/fast"];

/**
 * Pods whose annotation `plumbline.dev/pod` says so do badly: `fail` ends with exit code 1, `crash-loop` waits in
 * back-off after three restarts, `never-ready` runs and never passes its readiness probe. The weight wins over kwok's
 * stage for healthy pods.
 */
const OUR_STAGES = [
  podStage("fail", {
    phase: "Failed",
    state: '{terminated: {exitCode: 1, reason: Error, message: "failed as its annotation asks"}}',
    restartCount: 0,
  }),
  podStage("crash-loop", {
    phase: "Running",
    state:
      '{waiting: {reason: CrashLoopBackOff, message: "back-off 40s restarting failed container, as its annotation asks"}}',
    restartCount: 3,
  }),
  podStage("never-ready", {
    phase: "Running",
    state: '{running: {startedAt: "2026-01-01T00:00:00Z"}}',
    restartCount: 0,
  }),
];

/** Writes one file of Stage documents; kwok ends at once when it is given none. */
export async function writeStages(kwokModule: string, output: string): Promise<void> {
  const documents: string[] = [];
  for (const stage of KWOK_STAGES) {
    const folder = join(kwokModule, "kustomize", "stage", stage);
    const files = (await readdir(folder)).filter(
      (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
    );
    for (const name of files.sort()) documents.push(await readFile(join(folder, name), "utf8"));
  }
  await writeFile(output, [...documents, ...OUR_STAGES].map((text) => `---\n${text.trim()}\n`).join(""));
}

interface PodEnd {
  readonly phase: string;
  /** YAML flow mapping for `containerStatuses[].state`. */
  readonly state: string;
  readonly restartCount: number;
}

function podStage(name: string, { phase, state, restartCount }: PodEnd): string {
  return `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: plumbline-pod-${name}
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchAnnotations:
      plumbline.dev/pod: ${name}
    matchExpressions:
      - key: .metadata.deletionTimestamp
        operator: DoesNotExist
      - key: .status.phase
        operator: In
        values: [Pending]
  weight: 1000000
  next:
    statusTemplate: |
      {{ $now := Now }}
      phase: ${phase}
      startTime: {{ $now | Quote }}
      conditions:
        - {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
        - {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
        - {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
      containerStatuses:
      {{ range .spec.containers }}
        - name: {{ .name | Quote }}
          image: {{ .image | Quote }}
          ready: false
          restartCount: ${restartCount}
          state: ${state}
      {{ end }}
`;
}
