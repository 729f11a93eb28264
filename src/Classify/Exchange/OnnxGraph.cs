using System.Globalization;
using Google.Protobuf;
using Odm.Engine.Files;
using Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Classify.Exchange;

/// <summary>
/// A network written as an ONNX graph, operator by operator (opset 18, the first whose Resize can be antialiased). Each method adds an
/// operator and gives the name of its output; weights are copied in float32.
/// </summary>
internal sealed class OnnxGraph
{
    private const int Opset = 18;
    private const int IrVersion = 8; // the one of opset 18
    private const string MlDomain = "ai.onnx.ml";
    private readonly GraphProto graph = new() { Name = "odm" };

    /// <summary>Declares an input or output, float32; a side that is null is free.</summary>
    public static ValueInfoProto Value(string name, params object[] shape) => Value(name, TensorProto.Types.DataType.Float, shape);

    /// <summary>Declares an input or output of whole numbers, int64.</summary>
    public static ValueInfoProto Whole(string name, params object[] shape) => Value(name, TensorProto.Types.DataType.Int64, shape);

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, object[] shape)
    {
        var dims = new TensorShapeProto();
        dims.Dim.AddRange(shape.Select(d => d is string free ? new TensorShapeProto.Types.Dimension { DimParam = free }
            : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d, CultureInfo.InvariantCulture) }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = dims } },
        };
    }

    /// <summary>norm(conv(x)), with a ReLU or without.</summary>
    public string ConvNorm(Conv2d conv, BatchNorm2d norm, string x, bool relu)
    {
        var h = Node("BatchNormalization", [Conv(conv, x), Constant(norm.weight!), Constant(norm.bias!), Constant(norm.running_mean!),
            Constant(norm.running_var!)], Float("epsilon", 1e-5f));
        return relu ? Relu(h) : h;
    }

    /// <summary>The convolution with its strides, padding and groups.</summary>
    public string Conv(Conv2d conv, string x)
    {
        string[] inputs = conv.bias is { } bias ? [x, Constant(conv.weight!), Constant(bias)] : [x, Constant(conv.weight!)];
        long[] pads = [.. conv.padding!, .. conv.padding!];
        return Node("Conv", inputs, Ints("strides", conv.stride!), Ints("pads", pads), Int("group", conv.groups));
    }

    /// <summary>The linear layer of [N, I].</summary>
    public string Linear(Linear linear, string x)
        => Node("Gemm", [x, Constant(linear.weight!), Constant(linear.bias!)], Int("transB", 1));

    /// <summary>max(x, 0).</summary>
    public string Relu(string x) => Node("Relu", [x]);

    /// <summary>1 / (1 + e^-x).</summary>
    public string Sigmoid(string x) => Node("Sigmoid", [x]);

    /// <summary>The largest of square windows.</summary>
    public string MaxPool(string x, int kernel, int stride, int padding, bool ceil = false) => Node("MaxPool", [x],
        Ints("kernel_shape", kernel, kernel), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding),
        Int("ceil_mode", ceil ? 1 : 0));

    /// <summary>[N, C, H, W] -> [N, C, 1, 1].</summary>
    public string GlobalMean(string x) => Node("GlobalAveragePool", [x]);

    /// <summary>
    /// torch's adaptive mean to a square grid, as products with matrices of window shares, for images of a known size.
    /// </summary>
    public string AdaptiveMean(string x, int height, int width, int grid)
    {
        var rows = Constant(Windows(grid, height), grid, height);                                   // [g, H]
        var columns = Constant(Transposed(Windows(grid, width), grid, width), width, grid);         // [W, g]
        return Node("MatMul", [Node("MatMul", [rows, x]), columns]);
    }

    /// <summary>[N, ...] -> [N, M].</summary>
    public string Flatten(string x) => Node("Flatten", [x], Int("axis", 1));

    /// <summary>a + b.</summary>
    public string Add(string a, string b) => Node("Add", [a, b]);

    /// <summary>a b.</summary>
    public string Multiply(string a, string b) => Node("Mul", [a, b]);

    /// <summary>Maps one after the other.</summary>
    public string Concat(params string[] maps) => Node("Concat", maps, Int("axis", 1));

    /// <summary>Each pixel twice in each direction.</summary>
    public string Double(string x) => Node("Resize", [x, "", Constant([1f, 1, 2, 2], 4)], Text("mode", "nearest"),
        Text("coordinate_transformation_mode", "asymmetric"), Text("nearest_mode", "floor"));

    /// <summary>e^x over its sum along the second axis.</summary>
    public string Softmax(string x) => Node("Softmax", [x], Int("axis", 1));

    /// <summary>One channel of [N, C, ...].</summary>
    public string Channel(string x, int channel)
        => Node("Slice", [x, Constant([(long)channel]), Constant([channel + 1L]), Constant([1L])]);

    /// <summary>(x - mean) scale, per channel.</summary>
    public string Normalise(string x, IReadOnlyList<float> mean, IReadOnlyList<float> scale)
        => Multiply(Node("Sub", [x, Constant([.. mean], 1, mean.Count, 1, 1)]), Constant([.. scale], 1, scale.Count, 1, 1));

    /// <summary>1 where x is above a number, else 0.</summary>
    public string Threshold(string x, float above)
        => Node("Cast", [Node("Greater", [x, Constant([above], 1)])], Int("to", (int)TensorProto.Types.DataType.Float));

    /// <summary>Bilinear to a square side; antialiased where it shrinks.</summary>
    public string ResizeTo(string x, int side) => Resize(x, Constant([side, (long)side]), antialias: true);

    /// <summary>The central square of maps of a known square side.</summary>
    public string Centre(string x, int side, int crop)
    {
        var edge = (side - crop) / 2;
        return Node("Slice", [x, Constant([edge, (long)edge]), Constant([edge + crop, (long)(edge + crop)]), Constant([2L, 3L])]);
    }

    /// <summary>Bilinear to the size of another map.</summary>
    public string ResizeLike(string x, string other)
        => Resize(x, Node("Slice", [Node("Shape", [other]), Constant([2L]), Constant([4L])]), antialias: false);

    /// <summary>The place of the largest along the second axis, the first of equals: int64 [N].</summary>
    public string ArgMax(string x) => Node("ArgMax", [x], Int("axis", 1), Int("keepdims", 0));

    /// <summary>
    /// Names the slots of an output for ML.NET, whose ONNX transformer looks for an unused node of this name and reads the names from it.
    /// </summary>
    public void SlotNames(string output, IReadOnlyList<string> names)
    {
        var unused = new TensorProto { Name = $"mlnet.{output}.unusedInput", DataType = (int)TensorProto.Types.DataType.String };
        unused.Dims.Add(1);
        unused.StringData.Add(ByteString.Empty);
        graph.Initializer.Add(unused);
        var strings = new AttributeProto { Name = "keys_strings", Type = AttributeProto.Types.AttributeType.Strings };
        strings.Strings.AddRange(names.Select(ByteString.CopyFromUtf8));
        var node = new NodeProto
        {
            OpType = "LabelEncoder",
            Domain = MlDomain,
            Name = $"mlnet.{output}.SlotNames",
            Input = { unused.Name },
            Output = { $"mlnet.{output}.unusedOutput" },
        };
        node.Attribute.AddRange([strings, Ints("values_int64s", [.. Enumerable.Range(0, names.Count).Select(i => (long)i)])]);
        graph.Node.Add(node);
    }

    /// <summary>Names an output.</summary>
    public void Output(string x, ValueInfoProto value)
    {
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { x }, Output = { value.Name } });
        graph.Output.Add(value);
    }

    /// <summary>Declares an input and gives its name.</summary>
    public string Input(ValueInfoProto value)
    {
        graph.Input.Add(value);
        return value.Name;
    }

    /// <summary>Writes the model, beside its place and renamed.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="version">Odm's version.</param>
    /// <param name="metadata">What a reader should know, by name.</param>
    public void Save(string path, string version, IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Odm", ProducerVersion = version, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        if (graph.Node.Any(n => n.Domain == MlDomain))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = MlDomain, Version = 2 });
        }
        model.MetadataProps.AddRange(metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        Durable.WriteFile(path, stream => model.WriteTo(stream));
    }

    private string Resize(string x, string size, bool antialias)
    {
        var sizes = Node("Concat", [Node("Slice", [Node("Shape", [x]), Constant([0L]), Constant([2L])]), size], Int("axis", 0));
        return Node("Resize", [x, "", "", sizes], Text("mode", "linear"), Text("coordinate_transformation_mode", "half_pixel"),
            Int("antialias", antialias ? 1 : 0), Int("exclude_outside", antialias ? 1 : 0));
    }

    private string Node(string operation, string[] inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation, Output = { Name("h", graph.Node.Count) } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>Values that are added or multiplied, in float32.</summary>
    public string Weights(Tensor values) => Constant(values);

    private string Constant(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var values = weights.detach().cpu().to(ScalarType.Float32).contiguous();
        return Initializer(TensorProto.Types.DataType.Float, [.. values.shape], ByteString.CopyFrom(values.bytes));
    }

    private string Constant(float[] values, params int[] shape) => Initializer(TensorProto.Types.DataType.Float,
        Array.ConvertAll(shape, s => (long)s), ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)));

    private string Constant(long[] values) => Initializer(TensorProto.Types.DataType.Int64, [values.Length],
        ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(values)));

    private string Initializer(TensorProto.Types.DataType type, long[] shape, ByteString bytes)
    {
        var tensor = new TensorProto { Name = Name("w", graph.Initializer.Count), DataType = (int)type, RawData = bytes };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    // row i: shares of the pixels from floor(i n / g) to ceil((i + 1) n / g)
    private static float[] Windows(int grid, int pixels)
    {
        var shares = new float[grid * pixels];
        for (var i = 0; i < grid; i++)
        {
            var (from, to) = (i * pixels / grid, ((i + 1) * pixels + grid - 1) / grid);
            shares.AsSpan(i * pixels + from, to - from).Fill(1f / (to - from));
        }
        return shares;
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
        => [.. Enumerable.Range(0, columns * rows).Select(i => matrix[i % rows * columns + i / rows])];

    private static string Name(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");

    private static AttributeProto Int(string name, long value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Float(string name, float value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    private static AttributeProto Text(string name, string value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
