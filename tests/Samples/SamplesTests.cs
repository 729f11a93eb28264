using System.Diagnostics;
using Odm.Tests;

namespace Odm.Samples.Tests;

/// <summary>The programs of samples/, run as their users run them: from the sources, and from the packages that <c>dotnet pack</c> makes.</summary>
public sealed class SamplesTests : IDisposable
{
    private static readonly string Root = Above(AppContext.BaseDirectory);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void DrawEyes_trains_a_generator_and_saves_what_it_draws()
        => Eyes(Dotnet(folder.Path, Program("DrawEyes"), "4", folder["eyes"]));

    [Fact]
    public void CompareSets_scores_two_sets()
    {
        var text = Dotnet(folder.Path, Program("CompareSets"));
        text.ShouldContain("frechet_resnet18-imagenet ");
        text.ShouldContain("floor_image_precision ");
    }

    [Fact]
    public void MLNetAugmentation_trains_evaluates_saves_and_predicts_in_a_second_process()
    {
        var text = Dotnet(folder.Path, Program("MLNetAugmentation"), "", "3", "3");
        text.ShouldContain("L-BFGS     real + synthetic");
        text.ShouldContain(": grade ");
    }

    [Fact]
    public void Both_run_from_the_packages()
    {
        var (version, packages) = ($"1.0.0-test.{Environment.ProcessId}", folder["packages"]);
        var cached = new List<string>();
        try
        {
            foreach (var library in new[] { "Engine", "Data", "Augment", "Classify", "Pipeline", "MLNet" })
            {
                Dotnet(Root, "pack", Path.Combine(Root, "src", library), "-c", "Release", "--no-build", "-o", packages, $"-p:Version={version}", "-nodeReuse:false");
                cached.Add($"odm.{library.ToLowerInvariant()}");
            }

            Eyes(FromPackages("DrawEyes", version, packages, "4", folder["eyes"]));
            FromPackages("CompareSets", version, packages).ShouldContain("frechet_resnet18-imagenet ");
        }
        finally
        {
            foreach (var place in cached.Select(name => Path.Combine(Cache(), name, version)).Where(Directory.Exists))
            {
                Directory.Delete(place, recursive: true);
            }
        }
    }

    private void Eyes(string text)
    {
        text.ShouldContain("30 images of 5 grades in ");
        new FileInfo(folder["eyes/eyes.png"]).Length.ShouldBeGreaterThan(5000);
    }

    // the sample alone in a folder, with our packages; the others are in the cache already
    private string FromPackages(string sample, string version, string packages, params string[] arguments)
    {
        var place = folder[sample];
        Directory.CreateDirectory(place);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "samples", sample)).Where(f => Path.GetExtension(f) is ".cs" or ".csproj"))
        {
            File.Copy(file, Path.Combine(place, Path.GetFileName(file)));
        }

        Dotnet(place, "restore", "--source", packages, $"-p:OdmVersion={version}", "-p:NuGetAudit=false");
        return Dotnet(place, ["run", "-c", "Release", "--no-restore", $"-p:OdmVersion={version}", "--", .. arguments]);
    }

    private static string Program(string sample)
    {
        var built = Path.Combine(Root, "samples", sample, "bin");
        return Directory.EnumerateFiles(built, sample + ".dll", SearchOption.AllDirectories).Where(f => f.Contains("net10.0", StringComparison.Ordinal))
            .OrderByDescending(File.GetLastWriteTimeUtc).First();
    }

    private static string Dotnet(string place, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet", arguments)
        {
            WorkingDirectory = place,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"dotnet {string.Join(' ', arguments)}\n{text}\n{error.Result}");
        return text;
    }

    private static string Cache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "Odm.sln")) ? folder : Above(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
