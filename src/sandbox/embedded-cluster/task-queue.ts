export interface Task {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Tasks by the time they are due; those due at the same moment in the order they were added. */
export interface TaskQueue {
  add(task: Task): void;
  remove(task: Task): void;
  first(): Task | undefined;
  clear(): void;
}

export function createTaskQueue(): TaskQueue {
  const tasks: Task[] = [];
  return {
    add(task) {
      tasks.splice(indexAfter(tasks, task.dueAt), 0, task);
    },
    remove(task) {
      const index = tasks.indexOf(task);
      if (index !== -1) tasks.splice(index, 1);
    },
    first: () => tasks[0],
    clear() {
      tasks.length = 0;
    },
  };
}

function indexAfter(tasks: readonly Task[], dueAt: number): number {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tasks[middle]?.dueAt ?? 0) <= dueAt) low = middle + 1;
    else high = middle;
  }
  return low;
}
