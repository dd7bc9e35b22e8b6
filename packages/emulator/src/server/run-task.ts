/** Runs a task that nobody waits for until the emulator closes. The task handles its own errors. */
export function runTask({ tasks }: { tasks: Set<Promise<void>> }, task: Promise<void>): void {
  tasks.add(task);
  void task.finally(() => tasks.delete(task));
}
