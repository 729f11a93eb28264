using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests;

public class SafetensorsTests
{
    private static float[] Floats(Tensor t) => t.data<float>().ToArray();

    [Fact]
    public void A_file_made_by_hand_in_python_is_read()
    {
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Read("goldens/byhand.safetensors", out var metadata);
        tensors.Keys.Order().ShouldBe(["a.weight", "b", "c", "d", "e", "z"]);
        tensors["a.weight"].shape.ShouldBe([2L, 3]);
        Floats(tensors["a.weight"]).ShouldBe([-1, -.6f, -.2f, .2f, .6f, 1], 1e-6f);
        tensors["b"].data<long>().ToArray().ShouldBe([1L, -2, 3]);
        (tensors["c"].dtype, tensors["c"].shape.Length).ShouldBe((ScalarType.Float64, 0));
        tensors["d"].bytes.ToArray().ShouldBe([(byte)0, 1, 2]);
        (tensors["e"].dtype, tensors["z"].numel()).ShouldBe((ScalarType.BFloat16, 0L));
        Floats(tensors["e"].to_type(ScalarType.Float32)).ShouldBe([1, -2]);
        metadata["note"].ShouldBe("by hand");
    }

    [Fact]
    public void Reading_gives_back_what_was_written_and_equal_tensors_give_equal_bytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = Safetensors.Read("goldens/byhand.safetensors");
        Safetensors.Write(folder["a"], tensors, new Dictionary<string, string> { ["k"] = "v" });
        Safetensors.Write(folder["b"], tensors.Reverse().ToDictionary(), new Dictionary<string, string> { ["k"] = "v" });
        var read = Safetensors.Read(folder["a"], out var metadata);
        read.Keys.Order().ShouldBe(tensors.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            read[name].shape.ShouldBe(tensor.shape);
            read[name].dtype.ShouldBe(tensor.dtype);
            read[name].bytes.ToArray().ShouldBe(tensor.bytes.ToArray());
        }
        metadata.ShouldBe(new Dictionary<string, string> { ["k"] = "v" });
        File.ReadAllBytes(folder["a"]).ShouldBe(File.ReadAllBytes(folder["b"]));
    }

    [Fact]
    public void A_transposed_tensor_is_written_in_the_order_it_shows()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var t = tensor(new float[] { 1, 2, 3, 4, 5, 6 }).view(2, 3).transpose(0, 1);
        Safetensors.Write(folder["a"], new Dictionary<string, Tensor> { ["t"] = t });
        var read = Safetensors.Read(folder["a"])["t"];
        read.shape.ShouldBe([3L, 2]);
        Floats(read).ShouldBe([1, 4, 2, 5, 3, 6]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes("goldens/byhand.safetensors");
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(folder["cut.safetensors"], whole[..length]);
            Should.Throw<DatasetException>(() => Safetensors.Read(folder["cut.safetensors"])).Message.ShouldStartWith(folder["cut.safetensors"]);
        }
        Should.Throw<DatasetException>(() => Safetensors.Read(folder["absent"])).Message.ShouldContain("no such file");
        Should.Throw<DatasetException>(() => Safetensors.Read("goldens/xoshiro.json")).Message.ShouldContain("not a safetensors file");
    }

    [Fact]
    public void The_bytes_of_one_number_are_those_worked_on_paper()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["a"], new Dictionary<string, Tensor> { ["t"] = tensor(new float[] { 1 }) });
        var bytes = File.ReadAllBytes(folder["a"]);
        const string header = """{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """;
        BitConverter.ToInt64(bytes).ShouldBe(header.Length);
        System.Text.Encoding.ASCII.GetString(bytes[8..^4]).ShouldBe(header);
        bytes[^4..].ShouldBe([0, 0, 0x80, 0x3F]);
    }
}
