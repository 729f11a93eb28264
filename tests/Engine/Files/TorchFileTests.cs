using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests;

/// <summary>Files that PyTorch wrote: goldens/make_torch.py.</summary>
public sealed class TorchFileTests
{
    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    [Theory]
    [InlineData("legacy.pth")]
    [InlineData("archive.pth")]
    public void Named_tensors_are_read_from_both_formats(string file)
    {
        using var scope = NewDisposeScope();
        var read = TorchFile.ReadWeights(Golden(file));
        read.Keys.Order(StringComparer.Ordinal).ShouldBe(["a", "count", "half", "tail", "weight"]);
        read["a"].shape.ShouldBe([3L, 4]);
        read["a"].data<float>().ToArray().ShouldBe(Enumerable.Range(0, 12).Select(i => i / 4f));
        read["tail"].data<float>().ToArray().ShouldBe([2, 2.25f, 2.5f, 2.75f]); // a view of the same storage
        read["count"].shape.ShouldBeEmpty();
        read["count"].item<long>().ShouldBe(7);
        read["half"].dtype.ShouldBe(ScalarType.Float16);
        read["half"].to(ScalarType.Float32).data<float>().ToArray().ShouldBe([.5f, -2]);
        read["weight"].shape.ShouldBe([2L, 1, 1, 1]);
    }

    [Fact]
    public void What_is_no_dictionary_of_contiguous_tensors_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var cut = Path.Combine(folder.Path, "cut.pth");
        Fault("views.pth").ShouldContain("'t' is not contiguous");
        Fault("object.pth").ShouldContain("'f' is no tensor");
        File.WriteAllBytes(cut, File.ReadAllBytes(Golden("legacy.pth"))[..^4]);
        Fault(cut).ShouldContain("bytes of storage");
        File.WriteAllText(cut, "neither");
        Fault(cut).ShouldStartWith(cut);
        Fault("none.pth").ShouldEndWith("no such file");

        static string Fault(string name) => Should.Throw<DatasetException>(() => TorchFile.Read(Golden(name))).Message;
    }

    [Fact]
    public void Half_a_file_is_refused_wherever_it_ends()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var (whole, cut) = (File.ReadAllBytes(Golden("module.pth")), Path.Combine(folder.Path, "cut.pth"));
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Should.Throw<DatasetException>(() => TorchFile.Read(cut));
        }
    }

    [SharedDataFact("weights/vgg19_normalised/vgg_normalised_conv3_1.pth")]
    public void The_normalised_VGG_is_read()
    {
        using var scope = NewDisposeScope();
        var path = SharedData.Path("weights/vgg19_normalised/vgg_normalised_conv3_1.pth");
        TorchFile.Sha256(path).ShouldBe("4ffff49ad5cdc3337374b947918f35f903fcb0898b0b5eebfcbd601b99fc3929");
        var weights = TorchFile.Read(path);
        weights.Count.ShouldBe(12);
        weights["16.weight"].shape.ShouldBe([256L, 128, 3, 3]);
        weights["0.bias"].data<float>().ToArray().ShouldBe([-103.939f, -116.779f, -123.68f], 1e-4f);
    }
}
