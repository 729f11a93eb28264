using System.Text.Json.Nodes;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Training;
using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Stages;
using Odm.Tests;
using TorchSharp;

namespace Odm.Pipeline.Tests;

public sealed class GeneratorGuardTests : IDisposable
{
    private static readonly DiffusionConfig Tiny = new() { Network = new() { Channels = 4, Multipliers = [1], Blocks = 1, Attention = [], Groups = 2 }, Batch = 4, Steps = 1 };
    private static readonly ImageSet Images = Drawn();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_generator_of_just_the_images_it_may_see_passes_and_they_are_counted()
    {
        var facts = new JsonObject();
        var prepared = new Prepared(Images, [], new OverlapCount(0, 0, 0));
        GeneratorGuard.Check(Trained(prepared.Train), prepared, allowOverlap: false, facts);
        ((int)facts["trained_on"]!, (int)facts["trained_on_judging"]!).ShouldBe((12, 0));
    }

    [Fact]
    public void A_checkpoint_from_elsewhere_is_refused_naming_its_first_foreign_image()
    {
        var prepared = new Prepared(Images, [], new OverlapCount(0, 0, 0));
        Refused(Trained(prepared.Train.Select([0, 1, 2, 3]).WithRows([.. prepared.Train.Rows.Take(4).Select(r => r with { Label = 0 })])), prepared)
            .ShouldEndWith("was trained on other images than this study lets it see"); // the same pixels, other labels
        Refused(Trained(ImageSet.Concat(prepared.Train, prepared.Test.Select([1]))), prepared)
            .ShouldEndWith($"was trained on other images than this study lets it see; the first of them is {prepared.Test.Rows[1].Id}");
    }

    [Fact]
    public void An_image_that_also_judges_stops_the_run_unless_overlap_is_allowed()
    {
        var shared = Images.WithRows([.. Images.Rows.Select((r, i) => i is 3 or 15 ? r with { Sha256 = new string('a', 64) } : r)]);
        Overlapping(new Prepared(shared, [], new OverlapCount(1, 0, 2)), "i3");
    }

    [Fact]
    public void So_does_a_patient_and_an_image_of_a_transfer_set_whose_groups_have_names_of_their_own()
    {
        Overlapping(new Prepared(Images.WithRows([.. Images.Rows.Select((r, i) => i is 5 or 13 ? r with { Group = "p" } : r with { Group = $"{i}" })]), [], new OverlapCount(0, 1, 2)), "i5");
        var own = new Prepared(Images.WithRows([.. Images.Rows.Select((r, i) => r with { Group = $"{i}" })]), [], new OverlapCount(0, 0, 0));
        Overlapping(own with { Transfer = [("other", own.Train.Select([7]))] }, "i7");
        var elsewhere = own.Train.Select([7]);
        GeneratorGuard.Check(Trained(own.Train), own with { Transfer = [("other", elsewhere.WithRows([elsewhere.Rows[0] with { Sha256 = "b" }]))] }, allowOverlap: false, []);
    }

    [Fact]
    public void The_membership_audit_too_believes_the_generators_own_list()
    {
        var prepared = new Prepared(Images, [], new OverlapCount(0, 0, 0));
        PlannedGenerator Audited(ImageSet trained) => Trained(trained) with { Membership = Stage.Of(folder.Path, StageKind.Audit, "dm-membership", new JsonObject { ["of"] = trained.ContentHash }) };
        var context = new RunContext(torch.CPU, Precision.Fp32, _ => { }, default);
        Should.Throw<DatasetException>(() => MembershipAudit.Run(Audited(prepared.Train.Select([0, 1, 2, 3])), prepared, allowOverlap: false, context))
            .Message.ShouldContain("was trained on other images than this study lets it see");
        var own = Audited(prepared.Train);
        MembershipAudit.Run(own, prepared, allowOverlap: false, context);
        ((int)own.Membership!.Facts!["trained_on"]!).ShouldBe(12);
    }

    private void Overlapping(Prepared prepared, string id)
    {
        var generator = Trained(prepared.Train);
        Refused(generator, prepared).ShouldEndWith($"was trained on {id}, which (or whose group) is in a validation, test or transfer set; in all 1 of 12 images");
        var facts = new JsonObject();
        GeneratorGuard.Check(generator, prepared, allowOverlap: true, facts);
        ((int)facts["trained_on"]!, (int)facts["trained_on_judging"]!).ShouldBe((12, 1));
    }

    private static string Refused(PlannedGenerator generator, Prepared prepared)
    {
        var message = Should.Throw<DatasetException>(() => GeneratorGuard.Check(generator, prepared, allowOverlap: false, [])).Message;
        message.ShouldStartWith("generators.dm: ");
        return message;
    }

    private PlannedGenerator Trained(ImageSet images)
    {
        var stage = Stage.Of(folder.Path, StageKind.Train, "dm", new JsonObject { ["of"] = images.ContentHash });
        DiffusionTraining.Train(Tiny, images, 1, stage.Folder, new RunContext(torch.CPU, Precision.Fp32, _ => { }, default), "train dm");
        return new("dm", 1, new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = Tiny }, null, stage, null);
    }

    private static ImageSet Drawn()
    {
        var rng = new Rng(1);
        ImageRow[] rows = [.. Enumerable.Range(0, 20).Select(i => new ImageRow { Id = $"i{i}", Label = i % 2, Split = i < 12 ? "train" : i < 15 ? "val" : "test" })];
        return ImageSet.FromPixels([.. Enumerable.Range(0, 20 * 64).Select(_ => (byte)rng.NextInt(256))], 1, 8, 8, rows, ["a", "b"]);
    }
}
