"""Converts a TensorFlow.js graph model to ONNX: convert_tfjs.py MODEL.json WEIGHTS.bin OUT.onnx

Knows the operators that the models in manifest.toml use and refuses all others. Constant parts of the
graph (shapes, paddings) are computed here, so that the result holds only arithmetic on the picture.
"""

import base64
import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
NHWC_TO_NCHW = [0, 3, 1, 2]
NCHW_TO_NHWC = [0, 2, 3, 1]


def read_weights(topology: dict, weights_file: str) -> dict[str, np.ndarray]:
    """The constants by name; quantised ones as the float32 they stand for."""
    with open(weights_file, "rb") as file:
        data = file.read()
    weights, offset = {}, 0
    for group in topology["weightsManifest"]:
        for entry in group["weights"]:
            stored = np.dtype(entry.get("quantization", entry)["dtype"])
            if stored not in (np.float16, np.float32, np.int32):
                raise SystemExit(f"{entry['name']}: weights stored as {stored} are not supported")
            count = int(np.prod(entry["shape"], dtype=np.int64))
            values = np.frombuffer(data, stored, count, offset).astype(entry["dtype"])
            weights[entry["name"]] = values.reshape(entry["shape"])
            offset += count * stored.itemsize
    return weights


def attribute(node: dict, key: str, default=None):
    """A node's attribute as a Python value."""
    found = node.get("attr", {}).get(key)
    if found is None:
        return default
    if "s" in found:
        return base64.b64decode(found["s"]).decode()
    if "list" in found:
        return [int(item) for item in found["list"].get("i", [])]
    if "i" in found:
        return int(found["i"])
    return found.get("f", found.get("b", default))


def plain(name: str) -> str:
    return name.removesuffix(":0")


class Converter:
    """Walks the graph in order; every operator's method says which ONNX nodes stand for it."""

    def __init__(self, topology: dict, weights: dict[str, np.ndarray]):
        self.source = {node["name"]: node for node in topology["modelTopology"]["node"]}
        self.constants = dict(weights)
        self.tensors: dict[str, str] = {}
        self.nodes, self.inputs, self.initializers = [], [], []

    # Building blocks.

    def emit(self, operator: str, inputs: list[str], outputs: int = 1, **attributes) -> list[str]:
        number = len(self.nodes)
        names = [f"{operator}_{number}_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def weight(self, values: np.ndarray) -> str:
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def integers(self, values) -> str:
        return self.weight(np.asarray(values).astype(np.int64))

    def tensor(self, name: str) -> str:
        name = plain(name)
        if name not in self.tensors:
            self.tensors[name] = self.weight(self.constants[name])
        return self.tensors[name]

    def constant(self, name: str) -> np.ndarray:
        return self.constants[plain(name)]

    def channels_first(self, tensor: str) -> str:
        return self.emit("Transpose", [tensor], perm=NHWC_TO_NCHW)[0]

    def channels_last(self, tensor: str) -> list[str]:
        return self.emit("Transpose", [tensor], perm=NCHW_TO_NHWC)

    # Operators, each returning the names of its outputs.

    def Conv2D(self, node):
        source, kernel = node["input"]
        if attribute(node, "data_format") != "NHWC" or attribute(node, "padding") != "VALID":
            raise SystemExit(f"{node['name']}: only NHWC convolutions without padding are supported")
        kernel = self.constant(kernel).transpose(3, 2, 0, 1)
        result = self.emit(
            "Conv",
            [self.channels_first(self.tensor(source)), self.weight(kernel)],
            strides=attribute(node, "strides")[1:3],
            dilations=attribute(node, "dilations")[1:3],
        )
        return self.channels_last(result[0])

    def MaxPool(self, node):
        if attribute(node, "data_format") != "NHWC" or attribute(node, "padding") != "VALID":
            raise SystemExit(f"{node['name']}: only NHWC pooling without padding is supported")
        result = self.emit(
            "MaxPool",
            [self.channels_first(self.tensor(node["input"][0]))],
            kernel_shape=attribute(node, "ksize")[1:3],
            strides=attribute(node, "strides")[1:3],
        )
        return self.channels_last(result[0])

    def ResizeBilinear(self, node):
        source, size = node["input"]
        if not attribute(node, "half_pixel_centers") or attribute(node, "align_corners"):
            raise SystemExit(f"{node['name']}: only resizing about pixel centres is supported")
        source = self.channels_first(self.tensor(source))
        shape = self.emit("Shape", [source])[0]
        kept = self.emit("Slice", [shape, self.integers([0]), self.integers([2])])[0]
        target = self.emit("Concat", [kept, self.integers(self.constant(size))], axis=0)[0]
        result = self.emit(
            "Resize", [source, "", "", target], mode="linear", coordinate_transformation_mode="half_pixel"
        )
        return self.channels_last(result[0])

    def Pad(self, node):
        source, paddings, *value = node["input"]
        value = self.constant(value[0]) if value else np.float32(0)
        return self.emit(
            "Pad",
            [
                self.tensor(source),
                self.integers(self.constant(paddings).T.reshape(-1)),
                self.weight(np.float32(value).reshape(())),
            ],
        )

    PadV2 = Pad

    def Add(self, node):
        left, right = (plain(name) for name in node["input"])
        if left in self.constants and right in self.constants:
            self.constants[node["name"]] = self.constants[left] + self.constants[right]
            return []
        return self.emit("Add", [self.tensor(left), self.tensor(right)])

    AddV2 = Add

    def SparseToDense(self, node):
        indices, shape, values, default = (self.constant(name) for name in node["input"])
        dense = np.full(np.atleast_1d(shape), default)
        for index, value in zip(np.atleast_2d(indices), np.atleast_1d(values), strict=True):
            dense[tuple(index)] = value
        self.constants[node["name"]] = dense
        return []

    def ConcatV2(self, node):
        *parts, axis = node["input"]
        return self.emit("Concat", [self.tensor(part) for part in parts], axis=int(self.constant(axis)))

    def SplitV(self, node):
        source, sizes, axis = node["input"]
        sizes = self.constant(sizes)
        return self.emit(
            "Split",
            [self.tensor(source), self.integers(sizes)],
            outputs=len(sizes),
            axis=int(self.constant(axis)),
        )

    def Reshape(self, node):
        source, shape = node["input"]
        return self.emit("Reshape", [self.tensor(source), self.integers(self.constant(shape))])

    def Transpose(self, node):
        source, order = node["input"]
        return self.emit("Transpose", [self.tensor(source)], perm=[int(k) for k in self.constant(order)])

    def LeakyRelu(self, node):
        return self.emit("LeakyRelu", [self.tensor(node["input"][0])], alpha=attribute(node, "alpha"))

    def Sigmoid(self, node):
        return self.emit("Sigmoid", [self.tensor(node["input"][0])])

    def Identity(self, node):
        return [self.tensor(node["input"][0])]

    def Placeholder(self, node):
        shape = [int(dim["size"]) for dim in node["attr"]["shape"]["shape"]["dim"]]
        self.inputs.append(helper.make_tensor_value_info(node["name"], TensorProto.FLOAT, shape))
        return [node["name"]]

    def Const(self, node):
        return []

    # The whole graph.

    def in_order(self) -> list[dict]:
        """The nodes, each after those that it reads."""
        done, ordered = set(), []

        def visit(node):
            if node["name"] in done:
                return
            done.add(node["name"])
            for name in node.get("input", []):
                visit(self.source[name.split(":")[0]])
            ordered.append(node)

        for node in self.source.values():
            visit(node)
        return ordered

    def convert(self, outputs: dict) -> onnx.ModelProto:
        for node in self.in_order():
            operator = getattr(self, node["op"], None)
            if operator is None:
                raise SystemExit(f"{node['name']}: operator {node['op']} is not supported")
            for k, name in enumerate(operator(node)):
                self.tensors[node["name"] if k == 0 else f"{node['name']}:{k}"] = name
        results = []
        for name, description in sorted(outputs.items()):
            shape = [int(dim["size"]) for dim in description["tensorShape"]["dim"]]
            results.append(helper.make_tensor_value_info(plain(name), TensorProto.FLOAT, shape))
            self.nodes.append(helper.make_node("Identity", [self.tensor(name)], [plain(name)]))
        graph = helper.make_graph(self.nodes, "model", self.inputs, results, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def main(model_file: str, weights_file: str, target: str) -> None:
    sys.setrecursionlimit(10_000)
    with open(model_file, encoding="utf-8") as file:
        topology = json.load(file)
    converter = Converter(topology, read_weights(topology, weights_file))
    model = converter.convert(topology["signature"]["outputs"])
    onnx.checker.check_model(model, full_check=True)
    with open(target, "wb") as out:
        out.write(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
