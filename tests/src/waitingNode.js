// A node's process, loaded and waiting: told where, it starts, and says its address. Plain JavaScript: no loader in between.
import { startNode } from '@salus/node';

// Whoever started it is gone.
process.once('disconnect', () => process.exit(1));
process.once('message', async ({ home, port }) => {
  try {
    const running = await startNode({ home, port });
    process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
    process.send?.({ url: running.url });
  } catch (thrown) {
    process.send?.({ code: thrown.code, message: String(thrown.stack ?? thrown) });
  }
});
