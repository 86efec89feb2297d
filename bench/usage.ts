/** Answers the benchmark's question of how much CPU time, in microseconds, this process has used so far. */
export function reportUsage(): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system })
  })
}
