using Odm.Classify.Metrics;
using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class ScoreMasksTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("odm-masks-").FullName;

    private string Truth => Path.Combine(root, "truth");

    private string Predicted => Path.Combine(root, "predicted");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_mask_against_itself_has_a_Dice_of_one_whatever_its_format()
    {
        Save(Truth, "a.png", [255, 255, 0, 0, 0, 0]);
        Save(Truth, "b.png", [0, 0, 0, 0, 0, 0]);
        Save(Predicted, "a.png", [255, 255, 0, 0, 0, 0]);
        ImageFiles.SavePng(Path.Combine(Predicted, "b.png"), new byte[18], 3, 2, 3); // in colour
        var facts = ScoreMasks.Run(Truth, Predicted).ToDictionary(f => f.Metric, StringComparer.Ordinal);
        foreach (var metric in new[] { "dice_hard", "dice_soft", "iou", "dice_global", "iou_global" })
        {
            facts[metric].Value.ShouldBe(1, 1e-12, metric);
            facts[metric].N.ShouldBe(2);
        }
        (facts["hd95"].Value, facts["hd95"].N, facts["tp"].Value, facts["tn"].Value).ShouldBe((0, 1, 2, 10));
    }

    [Fact]
    public void Grey_over_255_is_the_probability_and_the_mask_begins_at_one_half()
    {
        Save(Truth, "a.png", [128, 127, 255, 0, 0, 0]);
        Save(Predicted, "a.png", [128, 128, 127, 51, 0, 0]);
        var facts = ScoreMasks.Run(Truth, Predicted).ToDictionary(f => f.Metric, f => f.Value, StringComparer.Ordinal);
        (facts["tp"], facts["fp"], facts["fn"], facts["tn"]).ShouldBe((1, 1, 1, 3));
        facts["dice_soft"].ShouldBe((2 * 255 / 255.0 + 1) / ((128 + 128 + 127 + 51) / 255.0 + 2 + 1), 1e-6);
    }

    [Fact]
    public void What_does_not_fit_is_told_in_one_line()
    {
        string Fault() => Should.Throw<DatasetException>(() => ScoreMasks.Run(Truth, Predicted)).Message;
        Fault().ShouldBe($"{Truth}: no such folder; expected one of mask images");
        Directory.CreateDirectory(Truth);
        Fault().ShouldStartWith($"{Truth}: holds no mask images");
        Save(Truth, "a.png", new byte[6]);
        Save(Truth, "b.png", new byte[6]);
        Save(Truth, "c.png", new byte[6]);
        Save(Predicted, "b.png", new byte[6]);
        Fault().ShouldBe($"{Truth}/a.png: {Predicted} has no mask of this base name (and 1 more)");
        Save(Predicted, "a.png", new byte[6]);
        Save(Predicted, "c.png", new byte[6]);
        Save(Predicted, "d.png", new byte[6]);
        Fault().ShouldBe($"{Predicted}/d.png: {Truth} has no mask of this base name");
        File.Delete(Path.Combine(Predicted, "d.png"));
        ImageFiles.SavePng(Path.Combine(Predicted, "b.png"), new byte[4], 1, 2, 2);
        Fault().ShouldBe($"{Predicted}/b.png: 2x2 pixels where {Truth}/b.png has 3x2; all must have one size");
        File.WriteAllText(Path.Combine(Predicted, "a.png"), "no image");
        Fault().ShouldStartWith($"{Predicted}/a.png: ");
        File.WriteAllBytes(Path.Combine(Predicted, "a.jpg"), [1]);
        Fault().ShouldBe($"{Predicted}/a.png: has the base name of {Predicted}/a.jpg; a name may have one mask");
    }

    private static void Save(string folder, string name, byte[] grey)
    {
        Directory.CreateDirectory(folder);
        ImageFiles.SavePng(Path.Combine(folder, name), grey, 1, 2, 3);
    }
}
