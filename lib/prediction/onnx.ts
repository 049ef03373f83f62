import protobuf from "protobufjs/minimal.js";
import type { IsolationForest, IsolationTree } from "#lib/prediction/isolation-forest.ts";

/**
 * Field numbers of onnx.proto3 (ONNX 1.12, IR version 8). Only what an isolation forest needs is written, always in
 * ascending order, so that the same forest gives the same bytes.
 */
const fields = {
  model: { irVersion: 1, producerName: 2, modelVersion: 5, graph: 7, opsetImport: 8 },
  opset: { domain: 1, version: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, i: 3, s: 4, floats: 7, ints: 8, strings: 9, type: 20 },
  tensor: { dims: 1, dataType: 2, floatData: 4, name: 8 },
  valueInfo: { name: 1, type: 2 }, type: { tensorType: 1 }, tensorType: { elemType: 1, shape: 2 }, shape: { dim: 1 }, dimension: { value: 1, param: 2 },
} as const;

const attributeTypes = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;
const elementFloat = 1;
const versions = { ir: 8, onnx: 17, ml: 3 } as const;

type Writer = protobuf.Writer;
const lengthDelimited = (field: number): number => (field << 3) | 2;
const varint = (field: number): number => field << 3;

/** A message within a message. */
function put(writer: Writer, field: number, content: Writer): Writer {
  return writer.uint32(lengthDelimited(field)).bytes(content.finish());
}
const text = (writer: Writer, field: number, value: string): Writer => writer.uint32(lengthDelimited(field)).string(value);
const whole = (writer: Writer, field: number, value: number): Writer => writer.uint32(varint(field)).uint32(value);
const message = (): Writer => protobuf.Writer.create();

function packed(values: readonly number[], write: (writer: Writer, value: number) => Writer): Writer {
  return values.reduce(write, message());
}

function ints(name: string, values: readonly number[]): Writer {
  const writer = put(text(message(), fields.attribute.name, name), fields.attribute.ints, packed(values, (w, value) => w.uint32(value)));
  return whole(writer, fields.attribute.type, attributeTypes.ints);
}
function floats(name: string, values: readonly number[]): Writer {
  const writer = put(text(message(), fields.attribute.name, name), fields.attribute.floats, packed(values, (w, value) => w.float(value)));
  return whole(writer, fields.attribute.type, attributeTypes.floats);
}
function strings(name: string, values: readonly string[]): Writer {
  const writer = values.reduce((w, value) => text(w, fields.attribute.strings, value), text(message(), fields.attribute.name, name));
  return whole(writer, fields.attribute.type, attributeTypes.strings);
}
function int(name: string, value: number): Writer {
  return whole(whole(text(message(), fields.attribute.name, name), fields.attribute.i, value), fields.attribute.type, attributeTypes.int);
}
function string(name: string, value: string): Writer {
  return whole(text(text(message(), fields.attribute.name, name), fields.attribute.s, value), fields.attribute.type, attributeTypes.string);
}

/** One row of the tree table; for a leaf `feature` and the children are 0. */
type TableRow = { readonly tree: number; readonly node: number; readonly mode: "BRANCH_LT" | "LEAF"; readonly feature: number; readonly value: number; readonly below: number; readonly above: number };
type Table = { readonly rows: TableRow[]; readonly leaves: { readonly tree: number; readonly node: number; readonly weight: number }[] };

/** Writes the tree in preorder into the table and returns the next free node number. */
function tabulate(tree: IsolationTree, treeId: number, node: number, table: Table): number {
  if (tree.kind === "leaf") {
    table.rows.push({ tree: treeId, node, mode: "LEAF", feature: 0, value: 0, below: 0, above: 0 });
    table.leaves.push({ tree: treeId, node, weight: tree.pathLength });
    return node + 1;
  }
  const at = table.rows.length;
  table.rows.push({ tree: treeId, node, mode: "BRANCH_LT", feature: tree.feature, value: tree.threshold, below: 0, above: 0 });
  const above = tabulate(tree.below, treeId, node + 1, table);
  const next = tabulate(tree.above, treeId, above, table);
  table.rows[at] = { tree: treeId, node, mode: "BRANCH_LT", feature: tree.feature, value: tree.threshold, below: node + 1, above };
  return next;
}

/** The mean path length over the trees: TreeEnsembleRegressor of ai.onnx.ml. */
function ensembleNode(forest: IsolationForest): Writer {
  const table: Table = { rows: [], leaves: [] };
  for (const [treeId, tree] of forest.trees.entries()) tabulate(tree, treeId, 0, table);
  const column = (pick: (row: TableRow) => number) => table.rows.map(pick);
  const attributes = [
    string("aggregate_function", "AVERAGE"), int("n_targets", 1), string("post_transform", "NONE"),
    ints("nodes_treeids", column((row) => row.tree)), ints("nodes_nodeids", column((row) => row.node)), ints("nodes_featureids", column((row) => row.feature)),
    floats("nodes_values", column((row) => row.value)), strings("nodes_modes", table.rows.map((row) => row.mode)),
    ints("nodes_truenodeids", column((row) => row.below)), ints("nodes_falsenodeids", column((row) => row.above)),
    ints("target_treeids", table.leaves.map((leaf) => leaf.tree)), ints("target_nodeids", table.leaves.map((leaf) => leaf.node)),
    ints("target_ids", table.leaves.map(() => 0)), floats("target_weights", table.leaves.map((leaf) => leaf.weight)),
  ];
  const writer = node("TreeEnsembleRegressor", ["features"], "path_length", attributes);
  return text(writer, fields.node.domain, "ai.onnx.ml");
}

function node(opType: string, inputs: readonly string[], output: string, attributes: readonly Writer[] = []): Writer {
  const writer = inputs.reduce((w, input) => text(w, fields.node.input, input), message());
  text(text(text(writer, fields.node.output, output), fields.node.name, output), fields.node.opType, opType);
  return attributes.reduce((w, attribute) => put(w, fields.node.attribute, attribute), writer);
}

/** A named constant of shape [1]. */
function constant(name: string, value: number): Writer {
  const writer = put(message(), fields.tensor.dims, packed([1], (w, dim) => w.uint32(dim)));
  put(whole(writer, fields.tensor.dataType, elementFloat), fields.tensor.floatData, packed([value], (w, number) => w.float(number)));
  return text(writer, fields.tensor.name, name);
}

/** A float matrix with any number of rows. */
function matrix(name: string, columns: number): Writer {
  const shape = put(message(), fields.shape.dim, text(message(), fields.dimension.param, "windows"));
  put(shape, fields.shape.dim, whole(message(), fields.dimension.value, columns));
  const tensorType = put(whole(message(), fields.tensorType.elemType, elementFloat), fields.tensorType.shape, shape);
  return put(text(message(), fields.valueInfo.name, name), fields.valueInfo.type, put(message(), fields.type.tensorType, tensorType));
}

function opset(domain: string, version: number): Writer {
  return whole(text(message(), fields.opset.domain, domain), fields.opset.version, version);
}

/**
 * The forest as an ONNX model: input "features" (rows × features, float), output "score" (rows × 1, float) =
 * 2^(-mean path length / c). Same forest, same bytes; nothing in them tells when or where they were made.
 */
export function encodeForest(forest: IsolationForest, name: string): Uint8Array {
  const graph = message();
  put(graph, fields.graph.node, ensembleNode(forest));
  put(graph, fields.graph.node, node("Mul", ["path_length", "minus_reciprocal_c"], "exponent"));
  put(graph, fields.graph.node, node("Pow", ["two", "exponent"], "score"));
  text(graph, fields.graph.name, name);
  put(graph, fields.graph.initializer, constant("minus_reciprocal_c", -1 / forest.normalisation));
  put(graph, fields.graph.initializer, constant("two", 2));
  put(graph, fields.graph.input, matrix("features", forest.featureCount));
  put(graph, fields.graph.output, matrix("score", 1));
  const model = text(whole(message(), fields.model.irVersion, versions.ir), fields.model.producerName, "veribatch");
  put(whole(model, fields.model.modelVersion, 1), fields.model.graph, graph);
  put(model, fields.model.opsetImport, opset("", versions.onnx));
  put(model, fields.model.opsetImport, opset("ai.onnx.ml", versions.ml));
  return model.finish();
}
