using Odm.Augment.Traditional;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

/// <summary>Against Pillow: goldens/make_randaugment.py.</summary>
public sealed class RandAugmentTests
{
    private static readonly System.Text.Json.Nodes.JsonNode Golden = Goldens.Json("randaugment.json");

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Golden["cases"]!.AsArray().Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Operations_agree_with_pillow_to_a_grey_level(int index)
    {
        var golden = Golden["cases"]![index]!;
        var operation = Enum.Parse<RandAugmentOperation>((string)golden["operation"]!);
        var changed = RandAugmentDraw.Apply(Image(), operation, (double)golden["strength"]!, edge: false);
        var (expected, inside) = (golden["pixels"].Doubles(), golden["inside"].Doubles());
        var differences = changed.Pixels.Select((v, i) => inside[i % inside.Length] > 0 ? Math.Abs(v * 255 - expected[i]) : 0).ToArray();
        // Pillow cuts fractions off, and rounds the grey or smooth image that an enhancement moves away from
        var blended = operation is RandAugmentOperation.Color or RandAugmentOperation.Contrast or RandAugmentOperation.Brightness or RandAugmentOperation.Sharpness;
        var tolerance = Exact(operation) ? .001 : 1.05 + (blended ? .5 * Math.Abs(1 - (double)golden["strength"]!) : 0);
        differences.Max().ShouldBeLessThan(tolerance, operation.ToString());
        inside.Average().ShouldBeGreaterThan(.3);
    }

    private static bool Exact(RandAugmentOperation operation)
        => operation is RandAugmentOperation.AutoContrast or RandAugmentOperation.Equalize or RandAugmentOperation.Solarize or RandAugmentOperation.Posterize;

    [Fact]
    public void Strengths_are_those_worked_on_paper()
    {
        static double Of(RandAugmentOperation operation, double magnitude, bool negative = false) => RandAugmentDraw.Strength(operation, magnitude, negative);
        Of(RandAugmentOperation.Rotate, 9).ShouldBe(9, 1e-12);
        Of(RandAugmentOperation.Rotate, 30, negative: true).ShouldBe(-30, 1e-12);
        Of(RandAugmentOperation.ShearX, 10).ShouldBe(.1, 1e-12);
        Of(RandAugmentOperation.TranslateY, 30).ShouldBe(150.0 / 331, 1e-12);
        Of(RandAugmentOperation.Color, 10).ShouldBe(1.3, 1e-12);
        Of(RandAugmentOperation.Brightness, 30, negative: true).ShouldBe(.1, 1e-12);
        Of(RandAugmentOperation.Posterize, 9).ShouldBe(7); // 8 - round(1.2)
        Of(RandAugmentOperation.Posterize, 30).ShouldBe(4);
        Of(RandAugmentOperation.Solarize, 9).ShouldBe(178.5, 1e-12);
        foreach (var operation in Enum.GetValues<RandAugmentOperation>().Where(o => o is not (RandAugmentOperation.AutoContrast or RandAugmentOperation.Equalize or RandAugmentOperation.Solarize)))
        {
            // magnitude 0 changes nothing, and Solarize at 255 only white
            RandAugmentDraw.Apply(Image(), operation, Of(operation, 0), edge: false).Pixels.ShouldBe(Image().Pixels, 1e-5f, operation.ToString());
        }
    }

    [Fact]
    public void Each_operation_is_drawn_alike_with_either_sign_and_identities_leave_nothing_to_do()
    {
        var (rng, config) = (new Rng(3), new RandAugmentConfig { Count = 2 });
        var draws = Enumerable.Range(0, 7000).Select(_ => RandAugmentDraw.From(config, rng)).ToArray();
        ((double)draws.Count(d => d is null)).ShouldBe(7000 / 196.0, 20); // both the identity
        var done = draws.Where(d => d is not null).SelectMany(d => d!.Operations).ToArray();
        done.GroupBy(o => o.Operation).Select(g => (double)g.Count()).ShouldAllBe(n => Math.Abs(n - 1000) < 150);
        done.GroupBy(o => o.Operation).Count().ShouldBe(13);
        var rotations = done.Where(o => o.Operation == RandAugmentOperation.Rotate).ToArray();
        rotations.ShouldAllBe(r => Math.Abs(Math.Abs(r.Strength) - 9) < 1e-9);
        ((double)rotations.Count(r => r.Strength > 0)).ShouldBe(rotations.Length / 2.0, 80);
    }

    [Fact]
    public void A_draw_says_in_words_what_it_does_and_the_mask_moves_with_the_image()
    {
        var config = TraditionalConfig.Parse("randaugment") with { RandAugment = new() { Count = 2, Magnitude = 30, Operations = [RandAugmentOperation.TranslateX] } };
        config.Faults("t").ShouldBeEmpty();
        var draw = TransformDraw.From(config.Resolve(), 4, 331, new Rng(1));
        draw.Words().ShouldMatch("^randaugment=translate_x:-?0.4532\\+translate_x:-?0.4532$");
        draw.IsIdentity.ShouldBeFalse();
        // columns 100 to 150 of a picture 331 wide, moved 150 px to one side or the other, or there and back
        float[] stripe = [.. Enumerable.Range(0, 4 * 331).Select(i => i % 331 is >= 100 and < 150 ? 1f : 0)];
        var moved = new RandAugmentDraw([(RandAugmentOperation.TranslateX, 150.0 / 331)]).Apply(new(stripe, stripe, 1, 4, 331), edge: false);
        moved.Mask.ShouldBe([.. Enumerable.Range(0, 4 * 331).Select(i => i % 331 is >= 250 and < 300 ? 1f : 0)]);
        moved.Pixels.ShouldBe(moved.Mask!, 1e-5f);
    }

    [Fact]
    public void What_it_cannot_be_is_told()
    {
        new RandAugmentConfig { Count = 0 }.Faults("r").Single().ShouldBe("r.count: 0; must be 1 to 14");
        new RandAugmentConfig { Magnitude = 31 }.Faults("r").Single().ShouldBe("r.magnitude: 31; must be 0 to 30");
        new RandAugmentConfig { Operations = [] }.Faults("r").Single().ShouldStartWith("r.operations: []");
    }

    private static Picture Image() => new([.. Golden["pixels"].Doubles().Select(v => (float)(v / 255))], null, 3, (int)Golden["height"]!, (int)Golden["width"]!);
}
