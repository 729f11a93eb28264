using System.Text.Json;
using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class MaskScoresTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("masks.json"))).RootElement;

    // two by two pixels: truth, probabilities -> tp fp fn tn, dice, iou, soft dice
    public static TheoryData<byte[], float[], long[], double, double, double> FourPixels => new()
    {
        { [255, 255, 0, 0], [1, 1, 0, 0], [2, 0, 0, 2], 1, 1, 1 },
        { [255, 255, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1], .5, 1.0 / 3, 3.0 / 5 },
        { [255, 255, 255, 0], [.9f, .5f, .49f, .2f], [2, 0, 1, 1], .8, 2.0 / 3, (2 * 1.89 + 1) / (2.09 + 3 + 1) },
        { [255, 0, 0, 0], [0, .6f, 0, 0], [0, 1, 1, 2], 0, 0, 1 / 2.6 },
        { [0, 0, 0, 0], [0, .6f, 0, 0], [0, 1, 0, 3], 0, 0, 1 / 1.6 },
        { [255, 0, 0, 0], [.2f, .2f, 0, 0], [0, 0, 1, 3], 0, 0, 1.4 / 2.4 },
        { [128, 127, 0, 0], [.5f, 0, 0, 0], [1, 0, 0, 3], 1, 1, 2.0 / 2.5 },
    };

    [Theory]
    [MemberData(nameof(FourPixels))]
    public void Four_pixels_worked_on_paper(byte[] truth, float[] probabilities, long[] counts, double dice, double iou, double soft)
    {
        var found = MaskScores.Of("a", "g", truth, probabilities, 2, 2);
        new[] { found.Tp, found.Fp, found.Fn, found.Tn }.ShouldBe(counts);
        found.DiceHard()!.Value.ShouldBe(dice, 1e-12);
        found.Iou()!.Value.ShouldBe(iou, 1e-12);
        found.DiceSoft()!.Value.ShouldBe(soft, 1e-6);
    }

    [Fact]
    public void Where_neither_mask_has_a_pixel_the_policy_decides_and_there_is_no_distance()
    {
        var nothing = MaskScores.Of("a", "g", [0, 0, 0, 0], [.1f, .1f, 0, 0], 2, 2);
        (nothing.DiceHard(), nothing.Iou(), nothing.Hd95).ShouldBe((1, 1, null));
        (nothing.DiceHard(EmptyMask.Zero), nothing.Iou(EmptyMask.Zero)).ShouldBe((0, 0));
        (nothing.DiceHard(EmptyMask.Skip), nothing.Iou(EmptyMask.Skip), nothing.DiceSoft(EmptyMask.Skip)).ShouldBe((null, null, null));
        nothing.DiceSoft(EmptyMask.Zero)!.Value.ShouldBe(1 / 1.2, 1e-6);
    }

    [Theory]
    [InlineData(new[] { 0, 0 }, new[] { 3, 4 }, 5)] // one pixel each
    [InlineData(new[] { 2, 2 }, new[] { 2, 2 }, 0)]
    [InlineData(new[] { 0, 6 }, new[] { 0, 0 }, 6)]
    public void Distance_of_two_pixels_is_Euclids(int[] first, int[] second, double distance)
    {
        bool[] At(int[] p) => [.. Enumerable.Range(0, 49).Select(i => i == p[0] * 7 + p[1])];
        SurfaceDistance.Hausdorff95(At(first), At(second), 7, 7)!.Value.ShouldBe(distance, 1e-12);
    }

    [Fact]
    public void Every_image_agrees_with_scikit_learn_SciPy_and_smp()
    {
        var rows = Rows();
        foreach (var (row, golden) in rows.Zip(Golden.GetProperty("images").EnumerateArray()))
        {
            new[] { row.Tp, row.Fp, row.Fn, row.Tn }.ShouldBe(golden.GetProperty("counts").EnumerateArray().Select(v => v.GetInt64()));
            row.DiceHard()!.Value.ShouldBe(golden.GetProperty("dice_hard").GetDouble(), 1e-12);
            row.Iou()!.Value.ShouldBe(golden.GetProperty("iou").GetDouble(), 1e-12);
            row.DiceSoft()!.Value.ShouldBe(golden.GetProperty("dice_soft").GetDouble(), 1e-6);
            (row.Hd95 is null).ShouldBe(golden.GetProperty("hd95").ValueKind == JsonValueKind.Null, row.Id);
            row.Hd95?.ShouldBe(golden.GetProperty("hd95").GetDouble(), 1e-9, row.Id);
        }
        rows.Count(r => r.Hd95 > 1).ShouldBeGreaterThan(6);
    }

    [Fact]
    public void The_scores_of_a_set_agree_with_scikit_learn_and_its_intervals_hold_them()
    {
        var facts = SegmentationMetrics.Score(new(Rows()), new() { Replicates = 200 });
        facts.Select(f => f.Metric).ShouldBe(["dice_hard", "dice_soft", "iou", "dice_global", "iou_global", "hd95", "tp", "fp", "fn", "tn"]);
        foreach (var fact in facts.Take(6))
        {
            fact.Value.ShouldBe(Golden.GetProperty("facts").GetProperty(fact.Metric).GetDouble(), 1e-6, fact.Metric);
            fact.Value.ShouldBeInRange(fact.Low!.Value, fact.High!.Value, fact.Metric);
            (fact.High - fact.Low)!.Value.ShouldBeGreaterThan(.01, fact.Metric);
            fact.N.ShouldBe(fact.Metric == "hd95" ? 9 : 12);
        }
        facts.Skip(6).ShouldAllBe(f => f.Low == null && f.N == 12);
        facts.Skip(6).Sum(f => f.Value).ShouldBe(12 * 40 * 48);
    }

    [Fact]
    public void Groups_are_drawn_whole_and_undefined_means_are_left_out()
    {
        MaskScores Row(string id, string group, long tp, long fn) => new(id, group, tp, 0, fn, 10, tp, tp, tp + fn, null);
        MaskScores[] rows = [Row("a", "p", 4, 0), Row("b", "p", 0, 4)];
        SegmentationMetrics.Score(new(rows)).Where(f => f.Metric == "dice_hard").ShouldBe([new Fact("dice_hard", "", .5, null, null, 2)]); // one group: nothing to draw
        var two = SegmentationMetrics.Score(new([rows[0], rows[1] with { Group = "q" }])).First(f => f.Metric == "dice_hard");
        (two.Low, two.High).ShouldBe((0, 1));
        SegmentationMetrics.Score(new([Row("a", "p", 0, 0)]), empty: EmptyMask.Skip).Select(f => f.Metric).ShouldBe(["tp", "fp", "fn", "tn"]);
        var skipped = SegmentationMetrics.Score(new([rows[0], Row("c", "r", 0, 0)]), new() { Replicates = 0 }, EmptyMask.Zero).First(f => f.Metric == "iou");
        (skipped.Value, skipped.N).ShouldBe((.5, 2));
    }

    [Fact]
    public void A_file_comes_back_exactly_and_holds_what_follows_from_it()
    {
        using var file = new TemporaryFile("");
        var rows = Rows().Select((r, i) => r with { Id = i == 0 ? "with, comma" : r.Id, Group = $"g{i / 2}" }).ToArray();
        new MaskPredictions(rows).WriteCsv(file.Path);
        MaskPredictions.ReadCsv(file.Path).Rows.ShouldBe(rows);
        var lines = File.ReadAllLines(file.Path);
        lines[0].ShouldBe("id,group,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth,dice_hard,dice_soft,iou,hd95");
        lines[^2].ShouldEndWith(",1,"); // iou of the image without pixels, no distance
        new MaskPredictions(rows).WriteCsv(file.Path, EmptyMask.Skip);
        File.ReadAllLines(file.Path)[^2].ShouldEndWith(",,,,");
        MaskPredictions.ReadCsv(file.Path).Rows.ShouldBe(rows);
    }

    [Theory]
    [InlineData("id,tp,fp,fn\na,1,1,1", "no column tn")]
    [InlineData("id,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth\na,1,-1,1,1,1,1,1", "line 2: fp is '-1'; allowed: a number of pixels")]
    [InlineData("id,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth\na,1,1,1,1,1,1,x", "line 2: soft_truth is 'x'; allowed: a number of 0 or more")]
    [InlineData("id,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth\na,1,1,1,1,1,1,1\na,1,1,1,1,1,1,1", "line 3: id 'a' stands in line 2 already")]
    public void A_faulty_file_is_named_with_row_and_value(string text, string fault)
    {
        using var file = new TemporaryFile(text);
        var message = Should.Throw<DatasetException>(() => MaskPredictions.ReadCsv(file.Path)).Message;
        message.ShouldContain(fault);
        message.ShouldStartWith(file.Path);
    }

    [Theory]
    [InlineData(MaskLoss.Dice)]
    [InlineData(MaskLoss.DiceBce)]
    public void Losses_agree_with_smp_and_PyTorch(MaskLoss loss)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Scattered.Values(3 * 2 * 8 * 8, 5), [3, 2, 8, 8]).to(ScalarType.Float64) * 3;
        var masks = tensor(Scattered.Values(3 * 8 * 8, 6), [3, 1, 8, 8]).gt(.4).to(ScalarType.Float64);
        MaskLosses.Of(loss, logits, masks).item<double>().ShouldBe(Golden.GetProperty("losses").GetProperty(EnumWords.Of(loss)).GetDouble(), 1e-6);
    }

    [Fact]
    public void Dice_loss_of_four_pixels_worked_on_paper()
    {
        using var scope = NewDisposeScope();
        var even = zeros([2, 2, 1, 2]); // probability one half everywhere
        var masks = tensor(new float[] { 1, 0, 0, 0 }, [2, 1, 1, 2]);
        MaskLosses.Dice(even, masks).item<float>().ShouldBe(1 - (2 * .5f + 1) / (2 + 1 + 1), 1e-6f);
        MaskLosses.Bce(even, masks).item<float>().ShouldBe(MathF.Log(2), 1e-6f);
    }

    private static MaskScores[] Rows() => [.. Golden.GetProperty("images").EnumerateArray().Select((g, i) => MaskScores.Of($"i{i}", $"g{i}", g.GetProperty("truth").GetBytesFromBase64(),
        Array.ConvertAll(g.GetProperty("probabilities").GetBytesFromBase64(), b => b / 255f), Golden.GetProperty("height").GetInt32(), Golden.GetProperty("width").GetInt32()))];
}
