using Odm.Classify.Audit;
using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

/// <summary>Images made from single training images: near these by construction, so copies are of others.</summary>
public sealed class AuditSourcesTests
{
    private static ImageSet Training { get; } = PhantomDataset.Draw(150, 32, 1, [.2, .2, .2, .2, .2], []);

    private static ImageSet HeldOut { get; } = PhantomDataset.Draw(150, 32, 2, [.2, .2, .2, .2, .2], []);

    // image i is a training image with noise, and names one as its source
    private static ImageSet Near(Func<int, int> copied, Func<int, int> named)
    {
        var rows = Enumerable.Range(0, 100).Select(i => new ImageRow
        {
            Id = $"v{i}",
            Label = Training.Rows[copied(i)].Label,
            Origin = ImageRow.Synthetic,
            Provenance = new() { Generator = "variations:0", Seed = 1, SourceIds = Training.Rows[named(i)].Id },
        }).ToArray();
        byte[] Noisy(int i)
        {
            var rng = Rng.For(3, "near", i);
            return [.. Training.Image(copied(i)).ToArray().Select(p => (byte)Math.Clamp(Math.Round(p + 8 * rng.NextGaussian()), 0, 255))];
        }
        return ImageSet.FromPixels([.. Enumerable.Range(0, 100).SelectMany(Noisy)], 3, 32, 32, rows, Training.Classes);
    }

    private static double CopyRate(ImageSet made, AuditSources? sources)
        => Memorisation.Of(made, Training, HeldOut, sources).Facts.Single(f => f.Metric == "copy_rate").Value;

    [Fact]
    public void What_is_near_its_own_source_alone_is_no_copy()
    {
        var made = Near(i => i, i => i);
        CopyRate(made, null).ShouldBeGreaterThan(.9);
        CopyRate(made, AuditSources.Of(made, Training)).ShouldBeLessThan(.1);
    }

    [Fact]
    public void What_is_near_another_image_than_its_source_is_one()
    {
        var groups = Sample.GroupsOf(Training);
        var made = Near(i => i, i => Enumerable.Range(i + 1, 149).Select(k => k % 150).First(k => groups[k] != groups[i]));
        CopyRate(made, AuditSources.Of(made, Training)).ShouldBeGreaterThan(.9);
    }

    [Fact]
    public void The_other_images_of_the_sources_patient_are_left_out_too()
    {
        var groups = Sample.GroupsOf(Training);
        var made = Near(i => i, i => i);
        var places = AuditSources.Of(made, Training).Places;
        for (var i = 0; i < 100; i++)
        {
            places[i].Order().ShouldBe(Enumerable.Range(0, 150).Where(k => groups[k] == groups[i]));
        }
        Training.Rows.GroupBy(r => r.Group, StringComparer.Ordinal).Any(g => g.Count() > 1).ShouldBeTrue("drawn eyes come in pairs");
        AuditSources.Of(made, Training.Select([0])).LeaveSome(1).ShouldBeFalse();
        AuditSources.Of(HeldOut, Training).Places.ShouldAllBe(p => p.Count == 0); // they came from nothing
    }

    [Fact]
    public void The_same_by_features()
    {
        var made = Near(i => i, i => i);
        var (seen, unseen, own) = (Rows(Training), Rows(HeldOut), Rows(made));
        double Rate(AuditSources? sources) => Memorisation.Of(own, seen, unseen, Sample.GroupsOf(HeldOut), null, sources).Facts.Single(f => f.Metric == "copy_rate_drawn").Value;
        Rate(null).ShouldBeGreaterThan(.9);
        Rate(AuditSources.Of(made, Training)).ShouldBeLessThan(.1);
    }

    // two pixels: differences of 51 and 0 of 255, whose root mean square is .2 / √2
    [Fact]
    public void Distances_worked_by_hand()
    {
        ImageRow Row(string id, int label, string source = "") => new() { Id = id, Label = label, Provenance = source == "" ? null : new() { Generator = "variations:0", Seed = 1, SourceIds = source } };
        var seen = ImageSet.FromPixels([0, 0, 255, 255, 102, 0], 1, 1, 2, [Row("a", 0), Row("b", 0), Row("c", 1)], ["0", "1"]);
        var made = ImageSet.FromPixels([51, 0, 255, 255, 102, 0], 1, 1, 2, [Row("v", 0, "a"), Row("w", 0, "b"), Row("x", 1, "c")], ["0", "1"]);
        var found = SourceDistance.Of(made, seen);
        found.Pairs.Select(p => p.Training).ShouldBe([0, 1, 2]);
        found.Pairs[0].Distance.ShouldBe(.2 / Math.Sqrt(2), 1e-12);
        found.Pairs[0].ClassDistance!.Value.ShouldBe(Math.Sqrt((.8 * .8 + 1) / 2), 1e-12); // to b, the only other of class 0
        found.Pairs[1].ShouldSatisfyAllConditions(p => p.Distance.ShouldBe(0), p => p.ClassDistance.ShouldBe(1)); // b's other is a
        found.Pairs[2].ClassDistance.ShouldBeNull(); // c is alone
        found.Facts.Single(f => f.Metric == "source_distance").ShouldSatisfyAllConditions(f => f.Value.ShouldBe(.2 / Math.Sqrt(2) / 3, 1e-12), f => f.N.ShouldBe(3));
        found.Facts.Single(f => f.Metric == "class_distance").N.ShouldBe(2);
        Should.Throw<DatasetException>(() => SourceDistance.Of(seen, seen)).Message.ShouldContain("a: names no training image");
    }

    private static FeatureMatrix Rows(ImageSet set)
    {
        var values = new float[set.Count, 3 * 32 * 32];
        for (var i = 0; i < set.Count; i++)
        {
            var image = set.Image(i);
            for (var k = 0; k < image.Length; k++)
            {
                values[i, k] = image[k];
            }
        }
        return new FeatureMatrix { Extractor = "drawn", Values = values };
    }
}
