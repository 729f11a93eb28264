using System.Text.Json.Nodes;
using Odm.Classify.Features;
using Odm.Data.Images;
using Odm.Data.Phantom;

namespace Odm.Cli.Tests;

/// <summary>The contamination guard through the executable, on drawn eyes of which one comes again, brighter and mirrored, on the test side.</summary>
public sealed class GuardCommandTests : IDisposable
{
    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void Near_duplicates_alone_are_counted_and_end_with_0_unless_they_are_to_stop()
    {
        var set = Planted();
        var (code, output, error) = Executable.Run("data", "guard", set);
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("nothing is shared");
        output.ShouldContain("1 near duplicates of images of another side; the nearest: copy in test, eye-00000 in train (0.");
        output.ShouldContain("1 of 31 (3.2 %)");
        Executable.Run("data", "guard", set, "--near", "off").Out.ShouldNotContain("near duplicate");
        var (stopped, _, fault) = Executable.Run("data", "guard", set, "--near", "stop");
        (stopped, fault).ShouldBe((2, "on several sides: 0 images, 0 groups, 1 near duplicates\n"));
        Executable.Run("data", "guard", set, "--near-features", "nothing").ShouldBe((2, "", "--near-features: \"nothing\"; must be one of " + FeatureExtractors.Allowed + "\n"));
    }

    [Fact]
    public void Shared_groups_end_with_2_after_their_shares_by_side_and_class()
    {
        var (a, b) = (Path.Combine(odm.Folder, "a"), Path.Combine(odm.Folder, "b"));
        var drawn = PhantomDataset.Draw(40, 32, 3, [.5, .5, 0, 0, 0]);
        drawn.Select([.. Enumerable.Range(0, 20)]).Save(a);
        drawn.Select([.. Enumerable.Range(19, 21)]).Save(b); // 18 and 19 are one patient, and 19 is on both sides
        var (code, output, error) = Executable.Run("data", "guard", a, b);
        (code, error).ShouldBe((2, "on several sides: 1 images, 1 groups\n"));
        output.ShouldContain($"{a}: 2 of 20 (10.0 %) share pixels or a group with another side");
        output.ShouldContain($"{b}: 1 of 21 (4.8 %) share pixels or a group with another side");
        output.ShouldContain("no near duplicates");
    }

    [Fact]
    public void A_studys_transfer_sets_are_looked_at_too_but_not_their_groups_names()
    {
        var elsewhere = Path.Combine(odm.Folder, "elsewhere");
        PhantomDataset.Draw(60, 32, 1, [.3, .2, .2, .15, .15]).Select([.. Enumerable.Range(0, 3)]).Save(elsewhere); // the study's own first eyes
        var study = odm.Write("study.yaml", Executable.Mini + $"\ntransfer: {{ other: {{ kind: set, path: {elsewhere} }} }}\n");
        var (code, output, error) = Executable.Run("data", "guard", study);
        (code, error).ShouldBe((2, "on several sides: 3 images, 0 groups\n"));
        output.ShouldContain("transfer other: 3 of 3 (100.0 %) share pixels or a group with another side");
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_run_counts_lists_and_draws_near_duplicates_or_stops_for_them()
    {
        var (study, run) = (odm.Write("study.yaml", Executable.Mini), Path.Combine(odm.Folder, "run"));
        string[] arguments = ["run", study, "--set", "dataset={kind: set, path: " + Planted() + "}", "--out", run, "--until", "prepare", "--set"];
        var (code, output, error) = Executable.Run([.. arguments, "split={kind: official, near_duplicates: stop}"]);
        (code, output).ShouldBe((2, ""));
        error.ShouldBe($"nearly the same picture is on several sides: eye-00000 in train, copy in test; in all 1 near duplicates, listed in {run}-overlap.csv; leave them out, or set split.near_duplicates: report\n");
        Directory.GetFileSystemEntries(odm.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["planted", "run-overlap-near.png", "run-overlap.csv", "study.yaml"]);

        Executable.Run([.. arguments, "split=official"]).Code.ShouldBe(0);
        var stage = Directory.GetDirectories(Path.Combine(run, "stages"), "prepare-*").Single();
        File.ReadAllLines(Path.Combine(stage, "overlap.csv"))[1].ShouldStartWith("near_duplicate,pair-1,train,eye-00000,0.");
        File.Exists(Path.Combine(stage, "near.png")).ShouldBeTrue();
        var facts = JsonNode.Parse(File.ReadAllText(Path.Combine(stage, "stage.json")))!["near_duplicates"]!;
        ((int)facts["images"]!, (int)facts["pairs"]!).ShouldBe((1, 1));
        Executable.Run([.. arguments, "split={kind: official, near_duplicates: maybe}"]).Error.ShouldContain("split.near_duplicates: \"maybe\"; must be one of report, stop, off");
    }

    private string Planted()
    {
        var drawn = PhantomDataset.Draw(120, 32, 3, [.3, .2, .2, .15, .15]);
        byte[] copy = [.. Enumerable.Range(0, 3 * 32 * 32).Select(p => (byte)Math.Min(255, drawn.Image(0)[p / 32 * 32 + 31 - p % 32] * 1.1 + 4))];
        var set = ImageSet.Concat(drawn, ImageSet.FromPixels(copy, 3, 32, 32, [new ImageRow { Id = "copy", Label = drawn.Rows[0].Label, Group = "nobody" }], drawn.Classes, drawn.Mask(0).ToArray()));
        var path = Path.Combine(odm.Folder, "planted");
        set.WithRows([.. set.Rows.Select((r, i) => r with { Split = i < 60 ? "train" : i < 90 ? "val" : "test" })]).Save(path);
        return path;
    }
}
