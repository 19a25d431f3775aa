import { toolRunner } from './sdk.shared.mjs';

export default toolRunner('SDK toolRunner, thread: false', { thread: false });
