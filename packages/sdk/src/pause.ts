/**
 * Lets what waits go on: an answer that has come, a request that is half sent. For between two long computations. By a message,
 * since browsers make timers wait.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
