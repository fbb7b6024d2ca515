import { startMoto, type Moto } from "../moto";
import { describeWith } from "../tools";
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from "./bundles";

/**
 * `describe` with the shipped control plane and moto; skipped, or under CI failed, without moto.
 *
 * @param planes whether tests share one, or each starts with a new one
 * @param body gets the plane of the test that runs, which exists in tests only, and what starts another one, which the
 *   test has to close
 */
export function describeWithControlPlane(
  name: string,
  planes: "shared" | "new",
  body: (plane: ControlPlane, startOther: (options: ControlPlaneOptions) => Promise<ControlPlane>) => void,
): void {
  describeWith("moto", name, (path) => {
    let moto: Moto | undefined;
    let plane: ControlPlane | undefined;
    const start = async () => void (plane = await startControlPlane(moto!.endpoint));
    const close = async () => {
      await plane?.close();
      plane = undefined;
    };
    beforeAll(async () => void (moto = await startMoto(path)));
    if (planes === "shared") beforeAll(start);
    else beforeEach(start);
    if (planes === "new") afterEach(close);
    afterAll(async () => {
      await close();
      await moto?.close();
    });
    const current = new Proxy({} as ControlPlane, { get: (_, member) => Reflect.get(plane!, member) as unknown });
    body(current, (options) => startControlPlane(moto!.endpoint, options));
  });
}
