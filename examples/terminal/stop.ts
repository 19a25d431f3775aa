import { fromEvent, map, merge, type Observable } from 'rxjs';

/** Emits the exit code when the user (Ctrl-C) or the system asks the program to stop. */
export function stopSignals(): Observable<number> {
  return merge(fromEvent(process, 'SIGINT').pipe(map(() => 130)), fromEvent(process, 'SIGTERM').pipe(map(() => 143)));
}

/** A reader that has seen enough (`| head`) closes its end of the pipe: that is not an error. */
export function stopWithTheReader(stream: NodeJS.WriteStream): void {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
}
