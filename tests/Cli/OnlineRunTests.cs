namespace Odm.Cli.Tests;

/// <summary>Studies with online images in miniature, through the executable.</summary>
[Trait("speed", "slow")]
public sealed class OnlineRunTests : IDisposable
{
    private const string Mini = """
        study: online
        dataset: { kind: phantom, size: 32, count: 120, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          free:
            kind: diffusion
            conditional: false
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            prediction: x0
            batch: 6
            steps: 8
            sampling: natural
            ordinal: { weight: 0 }
            sampler: { steps: 3, batch: 3 }
          dm: { <<: *free, conditional: true, sampling: balanced }
        arms:
          real: {}
          ois: { online: { generator: free, images: 30, every: 1, steps: 4 } }
          aas: { traditional: iois, online: { generator: free, images: 30, every: 2, guidance_on: clean_through, replace: false, aas: { temperature: 0.2, floor: 1 } } }
          once: { online: { generator: dm, images: 12, once: true, aas: { accuracy: training } } }
          code: { traditional: iois, online: { generator: dm, images: 25, aas: {}, paper_code: true } }
          offline: { generator: dm, plan: { images: 30, share: uniform } }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 8, steps: 40, validate_every: 20 }
        image_metrics: none
        threads: 1
        """;

    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void Killed_in_syntheses_and_between_them_it_ends_with_the_bytes_of_an_uninterrupted_run()
    {
        var study = odm.Write("study.yaml", Mini.Replace("&free", "", StringComparison.Ordinal).Replace("  free:", "  free: &free", StringComparison.Ordinal));
        var (whole, broken) = (Path.Combine(odm.Folder, "whole"), Path.Combine(odm.Folder, "broken"));
        var (code, _, error) = Executable.Run("run", study, "--out", whole);
        code.ShouldBe(0, error);
        foreach (var sign in new[]
        {
            "fit-ois-1-*/online/epoch-00001/set.parts/*.raw", // within a synthesis, its first batch done
            "fit-ois-1-*/online/epoch-00002/round.json",      // a synthesis done, the training on its way
            "fit-aas-1-*/online/epoch-00002/set.parts/*.raw",
            "fit-aas-1-*/online/epoch-00004/set/set.json",    // the images done, the synthesis not yet closed
        })
        {
            KillAt(study, broken, sign);
        }

        Executable.Run("run", study, "--out", broken).Code.ShouldBe(0);
        foreach (var file in new[] { "results.csv", "summary.csv", "report.md", "predictions/ois-1.csv", "predictions/aas-1.csv", "predictions/code-1.csv" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        foreach (var file in new[] { "rounds.csv", "classes.png", "epoch-00004/set/images.npy", "epoch-00004.png", "facts.csv", "pairs.csv" })
        {
            File.ReadAllBytes(Of(broken, "aas", file)).ShouldBe(File.ReadAllBytes(Of(whole, "aas", file)), file);
        }

        Reported(whole);
        // the images of one synthesis are gone with the next, where they are replaced; their rows are not
        File.Exists(Of(whole, "ois", "epoch-00001/rows.csv")).ShouldBeTrue();
        Directory.Exists(Of(whole, "ois", "epoch-00001/set")).ShouldBeFalse();
    }

    private static void Reported(string run)
    {
        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("## Images made in training");
        report.ShouldContain("- **aas**: 30 images every 2 epochs, beside those before, guidance 1 on the clean image through the generator; by accuracy (AAS, temperature 0.2");
        report.ShouldContain("/online/classes.png)");
        report.ShouldContain("**code: done as the code of Li et al. 2024 does it (paper_code: true), with its defects:**");
        report.Split("\n- ").Count(line => line.StartsWith("Numbers of images are rounded down", StringComparison.Ordinal)).ShouldBe(1);
        report.ShouldContain("images of free made in training under the classifier's guidance, numbers by accuracy");
        var fit = File.ReadAllText(Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), "fit-ois-1-*").Single(), "stage.json"));
        fit.ShouldContain("\"online_rounds\": ");
        fit.ShouldContain("\"online_seconds\": ");
        fit.ShouldContain("\"classifier_gradients\": ");
    }

    private static string Of(string run, string arm, string file)
        => Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), $"fit-{arm}-1-*").Single(), "online", file);

    private static void KillAt(string study, string run, string sign)
    {
        using var process = Executable.Start("run", study, "--out", run);
        var parts = sign.Split('/');
        while (!process.HasExited && !Found(Path.Combine(run, "stages"), parts))
        {
            Thread.Sleep(1);
        }

        process.HasExited.ShouldBeFalse($"it ended before {sign}");
        process.Kill();
        process.WaitForExit();
    }

    private static bool Found(string place, string[] parts)
    {
        try
        {
            return Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place, parts[0]).Any(e => parts.Length == 1 || Found(e, parts[1..]));
        }
        catch (DirectoryNotFoundException)
        {
            return false; // it went while it was looked at
        }
    }
}
