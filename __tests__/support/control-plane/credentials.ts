/** What emulators of AWS take. */
export const CREDENTIALS = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
