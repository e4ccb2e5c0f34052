// Node, CommonJS: wasmlp is an ES module, which import() gets in every Node; require() does from 20.19 and 22.12 on.
//
//   npm install && npm start

async function main() {
  const { createDataset, Network, Random } = await import("wasmlp");

  // 400 points of the plane, and whether each lies in the unit circle
  const random = new Random(1);
  const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
  const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  await network.fit(data, { iterations: 400, optimizer: "adam" });
  const { accuracy } = await network.evaluate(data);
  console.log(`${100 * accuracy} % of the points right`);
  console.log(`weights ${await network.fingerprint()}`);
  network.dispose();
}

main();
