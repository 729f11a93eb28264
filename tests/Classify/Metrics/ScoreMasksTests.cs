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
        Save(Truth, "a.png", [.. Bands(255, 0), 128, 127]);
        Save(Predicted, "a.png", [.. Bands(128, 51), 127, 128]);
        var facts = ScoreMasks.Run(Truth, Predicted).ToDictionary(f => f.Metric, f => f.Value, StringComparer.Ordinal);
        (facts["tp"], facts["fp"], facts["fn"], facts["tn"]).ShouldBe((20, 1, 1, 20));
        facts["dice_soft"].ShouldBe((2 * (20 * 128 + 127) / 255.0 + 1) / ((20 * 128 + 20 * 51 + 127 + 128) / 255.0 + 21 + 1), 1e-6);
    }

    /// <summary>20 and 20 pixels.</summary>
    private static byte[] Bands(byte left, byte right) => [.. Enumerable.Repeat(left, 20), .. Enumerable.Repeat(right, 20)];

    [Fact]
    public void Masks_of_0_and_1_score_as_those_of_0_and_255()
    {
        foreach (var (truth, predicted) in new[] { (1, 1), (255, 255), (1, 255), (255, 1) })
        {
            Save(Truth, "a.png", [.. Bands((byte)truth, 0), 0, 0]);
            Save(Predicted, "a.png", [.. Enumerable.Repeat((byte)predicted, 30), .. new byte[12]]);
            var facts = ScoreMasks.Run(Truth, Predicted).ToDictionary(f => f.Metric, f => f.Value, StringComparer.Ordinal);
            facts["dice_hard"].ShouldBe(2.0 * 20 / 50, 1e-12);
            facts["dice_soft"].ShouldBe(41.0 / 51, 1e-6);
        }
    }

    [Fact]
    public void Maps_of_labels_are_refused_on_either_side_unless_their_values_are_named()
    {
        byte[] labels = [.. Enumerable.Range(0, 144).Select(i => (byte)(i % 12 / 4))];
        byte[] mask = [.. labels.Select(v => (byte)(v == 2 ? 255 : 0))];
        Save(Truth, "a.png", labels, 12);
        Save(Predicted, "a.png", mask, 12);
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Truth, Predicted)).Message
            .ShouldBe($"{Truth}/a.png: a map of labels with the values 0, 1, 2; name those that are the mask (--truth-values)");
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Predicted, Truth)).Message
            .ShouldBe($"{Truth}/a.png: a map of labels with the values 0, 1, 2; name those that are the mask (--predicted-values)");
        ScoreMasks.Run(Truth, Predicted, truthValues: [2]).First().Value.ShouldBe(1);
        ScoreMasks.Run(Predicted, Truth, predictedValues: [2]).First().Value.ShouldBe(1);
        Save(Truth, "a.png", [.. labels.Select(v => (byte)(v * 127.5))], 12);
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Truth, Predicted)).Message.ShouldContain("a map of labels with the values 0, 127, 255");
    }

    [Fact]
    public void A_photograph_is_refused_on_either_side()
    {
        Directory.CreateDirectory(Truth);
        ImageFiles.SavePng(Path.Combine(Truth, "a.png"), [.. Enumerable.Range(0, 432).Select(i => (byte)(i * 37))], 3, 12, 12);
        Save(Predicted, "a.png", new byte[144], 12);
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Truth, Predicted)).Message.ShouldContain("of the pixels are coloured; a mask is black and white");
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Predicted, Truth)).Message.ShouldContain("of the pixels are coloured; a mask is black and white");
    }

    [Fact]
    public void A_prediction_without_a_pixel_among_maps_of_probabilities_stays_one()
    {
        Save(Truth, "a.png", Bands(255, 0), 8);
        Save(Truth, "b.png", Bands(0, 0), 8);
        Save(Predicted, "a.png", [.. Enumerable.Range(0, 40).Select(i => (byte)(i < 20 ? 255 - i : i))], 8);
        Save(Predicted, "b.png", Bands(1, 0), 8); // .4 %, not white
        ScoreMasks.Run(Truth, Predicted).First().Value.ShouldBe(1);
    }

    [Fact]
    public void Equal_names_in_folders_are_told_apart_and_hidden_files_passed_over()
    {
        foreach (var folder in new[] { Truth, Predicted })
        {
            Save(Path.Combine(folder, "s1"), "0.png", Bands(255, 0), 8);
            Save(Path.Combine(folder, "s2"), "0.png", Bands(0, 255), 8);
        }
        File.WriteAllText(Path.Combine(Predicted, "s1", "._0.png"), "");
        Directory.CreateDirectory(Path.Combine(Predicted, "__MACOSX"));
        File.WriteAllText(Path.Combine(Predicted, "__MACOSX", "0.png"), "");
        ScoreMasks.Run(Truth, Predicted).First().Value.ShouldBe(1);
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
        Fault().ShouldBe($"{Truth}/a.png: no mask of that name in {Predicted} (and 1 more)");
        Save(Predicted, "a.png", new byte[6]);
        Save(Predicted, "c.png", new byte[6]);
        Save(Predicted, "d.png", new byte[6]);
        Fault().ShouldBe($"{Predicted}/d.png: no mask of that name in {Truth}");
        File.Delete(Path.Combine(Predicted, "d.png"));
        ImageFiles.SavePng(Path.Combine(Predicted, "b.png"), new byte[4], 1, 2, 2);
        Fault().ShouldBe($"{Predicted}/b.png: 2x2 pixels where {Truth}/b.png has 3x2; all must have one size");
        File.WriteAllText(Path.Combine(Predicted, "a.png"), "no image");
        Fault().ShouldStartWith($"{Predicted}/a.png: ");
        File.WriteAllBytes(Path.Combine(Predicted, "a.jpg"), [1]);
        Fault().ShouldBe($"{Predicted}/a.png: has the name of {Predicted}/a.jpg; a name may have one mask");
    }

    private static void Save(string folder, string name, byte[] grey, int width = 3)
    {
        Directory.CreateDirectory(folder);
        ImageFiles.SavePng(Path.Combine(folder, name), grey, 1, grey.Length / width, width);
    }

    [Theory]
    [InlineData(1, 1, "holds the values 0, 1 where")]
    [InlineData(1, 2, "holds the values 0, 1, 2 where")]
    [InlineData(127, 255, "a map of labels with the values 0, 127, 255")]
    public void A_hard_mask_or_a_map_of_labels_among_maps_of_probabilities_is_refused(byte left, byte right, string fault)
    {
        byte[] Block(byte a, byte b) => [.. Enumerable.Range(0, 144).Select(i => i / 12 is < 3 or > 8 ? (byte)0 : (i % 12) switch { < 2 => (byte)0, < 6 => a, < 10 => b, _ => (byte)0 })];
        foreach (var name in new[] { "a.png", "b.png" })
        {
            Save(Truth, name, Block(255, 255), 12);
        }
        Save(Predicted, "a.png", [.. Enumerable.Range(0, 144).Select(i => (byte)i)], 12);
        Save(Predicted, "b.png", Block(left, right), 12);
        Should.Throw<DatasetException>(() => ScoreMasks.Run(Truth, Predicted)).Message.ShouldStartWith($"{Predicted}/b.png: {fault}");
        Save(Predicted, "b.png", Block(255, 255), 12);
        ScoreMasks.Run(Truth, Predicted).Count.ShouldBeGreaterThan(0);
        Save(Predicted, "b.png", [.. Enumerable.Range(0, 144).Select(i => (byte)(i / 12))], 12); // a smooth map of 11/255 at most
        ScoreMasks.Run(Truth, Predicted).Count.ShouldBeGreaterThan(0);
    }
}
