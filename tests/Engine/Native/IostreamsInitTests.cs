using System.Diagnostics;
using System.Security.Cryptography;
using Odm.Engine.Native;
using Odm.Tests;

namespace Odm.Engine.Tests.Native;

public sealed class IostreamsInitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The library as the package has it: the copy beside the tests may be edited already.</summary>
    private static byte[] Published => File.ReadAllBytes(Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } cache
        ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    [Fact]
    public void The_published_library_needs_one_symbol_of_the_newer_version_and_after_the_edit_none()
    {
        var before = Published;
        IostreamsInit.Of(before).ShouldBe(IostreamsInit.Finding.Editable);
        var after = IostreamsInit.Edited(before);
        IostreamsInit.Of(after).ShouldBe(IostreamsInit.Finding.Loads);
        after.Length.ShouldBe(before.Length);
        before.Zip(after).Count(b => b.First != b.Second).ShouldBeInRange(3, 64); // a flag, a name, an index
        var file = new ElfFile(after);
        file.NeededVersions().Single(v => v.Name == "GLIBCXX_3.4.32").Index.ShouldNotBe((ushort)0);
        file.Symbols().ShouldNotContain(s => s.Name == IostreamsInit.NewSymbol);
        var renamed = file.Symbols().Where(s => s.Name == "_ZNSt8ios_base4InitC1Ev").ToList();
        renamed.ShouldNotBeEmpty();
        var older = file.NeededVersions().Single(v => v.Name == "GLIBCXX_3.4").Index;
        renamed.ShouldAllBe(s => s.Version == older);
    }

    [Fact]
    public void A_file_is_edited_once_keeps_its_mode_and_a_linked_original_stays_as_it_is()
    {
        var (original, copy) = (folder["cache.so"], folder["libLibTorchSharp.so"]);
        File.WriteAllBytes(original, Published);
        var hash = SHA256.HashData(File.ReadAllBytes(original));
        Link(original, copy);
        NativeLibraries.Prepare(copy).ShouldBeNull();
        SHA256.HashData(File.ReadAllBytes(original)).ShouldBe(hash);
        var edited = File.ReadAllBytes(copy);
        IostreamsInit.Of(edited).ShouldBe(IostreamsInit.Finding.Loads);
        NativeLibraries.Prepare(copy).ShouldBeNull();
        File.ReadAllBytes(copy).ShouldBe(edited);
        Directory.GetFiles(folder.Path, "*.tmp").ShouldBeEmpty();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(copy).ShouldBe(File.GetUnixFileMode(original));
        }
    }

    [Fact]
    public void Many_at_once_leave_one_whole_file()
    {
        var copy = folder["libLibTorchSharp.so"];
        File.WriteAllBytes(copy, Published);
        var faults = new string?[8];
        Parallel.For(0, faults.Length, i => faults[i] = NativeLibraries.Prepare(copy));
        faults.ShouldAllBe(f => f == null);
        File.ReadAllBytes(copy).ShouldBe(IostreamsInit.Edited(Published));
        Directory.GetFiles(folder.Path, "*.tmp").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_library_that_is_not_known_is_refused_with_what_to_do_and_left_alone(bool cut)
    {
        var copy = folder["libLibTorchSharp.so"];
        var other = Published;
        other[^1] ^= 1; // as of another version
        File.WriteAllBytes(copy, cut ? other[..2000] : other);
        var before = File.ReadAllBytes(copy);
        var fault = NativeLibraries.Prepare(copy).ShouldNotBeNull();
        fault.ShouldStartWith(copy);
        fault.ShouldContain("take TorchSharp 0.107.0");
        fault.ShouldNotContain("\n");
        File.ReadAllBytes(copy).ShouldBe(before);
    }

    private static void Link(string original, string copy)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Copy(original, copy);
        }
        else
        {
            Process.Start("ln", [original, copy]).WaitForExit();
        }
    }
}
