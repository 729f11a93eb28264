using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Engine.Tests;

public class NpyTests
{
    [Theory]
    [InlineData("u1")]
    [InlineData("i2")]
    [InlineData("i4")]
    [InlineData("i8")]
    [InlineData("f4")]
    [InlineData("f8")]
    public void An_array_saved_by_numpy_is_read(string type)
    {
        var array = Npy.Read($"goldens/range_{type}.npy");
        array.Header.Type.ShouldBe(type);
        array.Header.Shape.ShouldBe([2L, 3, 4]);
        array.ToDouble().ShouldBe(Enumerable.Range(0, 24).Select(i => (double)i));
        array.ToInt64().ShouldBe(Enumerable.Range(0, 24).Select(i => (long)i));
    }

    [Fact]
    public void Booleans_scalars_empty_arrays_and_version_2_headers_are_read()
    {
        Npy.Read("goldens/bools.npy").ToInt64().ShouldBe([1L, 0, 1]);
        Npy.Read("goldens/scalar.npy").ToDouble().ShouldBe([2.5]);
        Npy.Read("goldens/empty.npy").Header.Shape.ShouldBe([0L, 3, 2, 2]);
        Npy.Read("goldens/version2.npy").ToInt64().ShouldBe([0L, 1, 2, 3, 4]);
    }

    [Fact]
    public void What_is_written_equals_numpys_own_file_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        Npy.Write<byte>(folder["u1"], Enumerable.Range(0, 24).Select(i => (byte)i).ToArray(), 2, 3, 4);
        Npy.Write<int>(folder["i4"], Enumerable.Range(0, 24).ToArray(), 2, 3, 4);
        Npy.Write<float>(folder["f4"], Enumerable.Range(0, 24).Select(i => (float)i).ToArray(), 2, 3, 4);
        Npy.Write<double>(folder["f8"], Enumerable.Range(0, 24).Select(i => (double)i).ToArray(), 2, 3, 4);
        foreach (var type in new[] { "u1", "i4", "f4", "f8" })
        {
            File.ReadAllBytes(folder[type]).ShouldBe(File.ReadAllBytes($"goldens/range_{type}.npy"));
        }
    }

    [Fact]
    public void Reading_gives_back_what_was_written() => Prop.ForAll<double[]>(values =>
    {
        using var folder = new TemporaryFolder();
        Npy.Write<double>(folder["a.npy"], values, values.Length);
        return Npy.Read(folder["a.npy"]).ToDouble().SequenceEqual(values);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("fortran.npy", "Fortran")]
    [InlineData("bigendian.npy", "big-endian")]
    [InlineData("xoshiro.json", "not a NumPy .npy file")]
    [InlineData("absent.npy", "no such file")]
    public void What_cannot_be_read_is_refused_by_name(string file, string reason)
    {
        var message = Should.Throw<DatasetException>(() => Npy.Read("goldens/" + file)).Message;
        message.ShouldContain(file);
        message.ShouldContain(reason);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes("goldens/range_i2.npy");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["cut.npy"], whole[..length]);
            Should.Throw<DatasetException>(() => Npy.Read(folder["cut.npy"]), length.ToString(CultureInfo.InvariantCulture));
            Should.Throw<DatasetException>(() => new NpyMap(folder["cut.npy"]), length.ToString(CultureInfo.InvariantCulture));
        }
    }
}
