using System.Text.Json.Nodes;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Inpainting.Style;
using Odm.Augment.Vgg;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Tests;

/// <summary>Against PyTorch: goldens/make_style.py.</summary>
public sealed class StyleGoldens : IDisposable
{
    private static readonly JsonNode Golden = Goldens.Json("style.json");
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>The script's drawn numbers.</summary>
    internal static Tensor Waves(long[] shape, int k, double scale = 1)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        return tensor([.. Enumerable.Range(0, (int)count).Select(i => (float)(scale * Math.Sin(i * (.37 + .011 * k) + k)))]).reshape(shape);
    }

    private static Tensor[] Places => [.. Golden["losses"]!["places"]!.AsArray().Select(layer =>
        tensor([.. layer!.AsArray().SelectMany(row => row!.AsArray().Select(p => (long)p!))]).reshape(2, -1))];

    [Fact]
    public void Each_loss_is_PyTorchs()
    {
        var losses = Golden["losses"]!;
        var (x, y) = (Waves([2, 3, 6, 6], 1, 1.4), Waves([2, 3, 6, 6], 2, .9));
        Tensor[] f = [Waves([2, 5, 6, 6], 3), Waves([2, 7, 3, 3], 4)], g = [Waves([2, 5, 6, 6], 5), Waves([2, 7, 3, 3], 6)];
        Check("square", StyleLosses.Square(x, y));
        Check("range", StyleLosses.Range(x));
        Check("features", StyleLosses.Features(f, g));
        Check("contrast", StyleLosses.Contrast(f, g, Places, .07));
        Check("contrast_half", StyleLosses.Contrast(f, g, Places, .5), 1e-3); // the script's -10 / τ of a place with itself still counts a little

        void Check(string name, Tensor loss, double tolerance = 1e-5)
        {
            var wanted = (double)losses[name]!;
            loss.item<float>().ShouldBe((float)wanted, tolerance * wanted);
        }
    }

    // the script's toy: predicts the noise, and knows times of a thousand steps
    private static readonly NoiseSchedule Whole = NoiseSchedule.Linear();

    private static (Tensor, Tensor?) Toy(Tensor x, Tensor t)
    {
        var time = (int)t[0].item<long>();
        var noise = (1.3 * x + .2 * cat([x[.., .., .., ^1..], x[.., .., .., ..^1]], 3)).tanh() * (.5 + time / 2000.0);
        return (Parameterization.Clean(Whole, noise, x, t), null);
    }

    // the script has the paper's weights and steps, the preset must have them too
    private static readonly StyleConfig Paper = StyleConfig.Parse("paper");

    private static Tensor Total(GuidedStep s)
    {
        var (content, source) = (Waves([2, 4, 6, 6], 7, .8), Waves([2, 3, 6, 6], 8, .8));
        var (image, wanted) = (s.Mixed[.., ..^1], content[.., ..^1]);
        return (Paper.Pixel * StyleLosses.Square(image, wanted) + Paper.Vgg * StyleLosses.Features([(3 * image).sin()], [(3 * wanted).sin()])
            + Paper.Target * StyleLosses.Square(image, source) + Paper.Range * StyleLosses.Range(s.Clean[.., ..^1])
            + Paper.Zecon * StyleLosses.Contrast(Features(s.Mixed), Features(content), Places, .07)) * (36 / 65536.0);

        static Tensor[] Features(Tensor z) => [(2 * z).sin(), F.max_pool2d(z[.., .., .., ..], 1, 2).square()];
    }

    [Fact]
    public void The_gradient_of_the_total_through_a_denoiser_is_autograds()
    {
        var golden = Golden["gradient"]!;
        var times = NoiseSchedule.SpacedTimes(1000, Paper.Respacing);
        var loss = double.NaN;
        var (clean, _, gradient) = GuidedSampling.Gradient(Toy, Whole.Respaced(times), s =>
        {
            var total = Total(s);
            loss = total.item<float>();
            return total;
        }, Waves([2, 4, 6, 6], 9, 1.2), full(2, times[60], dtype: ScalarType.Int64), 60);
        loss.ShouldBe((double)golden["loss"]!, 1e-4 * loss);
        Goldens.Difference(clean, golden["clean"].Tensor(2, 4, 6, 6)).ShouldBeLessThan(1e-4);
        var wanted = golden["gradient"].Tensor(2, 4, 6, 6);
        (gradient - wanted).abs().max().item<float>().ShouldBeLessThan(1e-4f * wanted.abs().max().item<float>());
        gradient.requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Guided_steps_are_those_of_the_script_and_keep_the_mask()
    {
        var times = NoiseSchedule.SpacedTimes(1000, 20);
        var content = Waves([2, 4, 6, 6], 7, .8);
        Tensor Noise(int step, string purpose) => Waves([2, 4, 6, 6], 20 + step * 3 + Array.IndexOf(["style start", "style step", "style mask"], purpose));
        var styled = GuidedSampling.Sample(Toy, Whole.Respaced(times), times, 4, content, Noise, Total, clip: false, default);
        Goldens.Difference(styled, Golden["sampling"].Tensor(2, 4, 6, 6)).ShouldBeLessThan(2e-4);
        styled[.., ^1..].Values().ShouldBe(content[.., ^1..].Values());
    }

    [Fact]
    public void The_class_token_of_a_vision_transformer_and_its_gradient_are_PyTorchs()
    {
        using var scratch = new Scratch();
        var golden = Golden["dino"]!;
        var names = golden["names"]!.AsArray().Select(n => (string)n!).ToArray();
        var weights = names.Select((name, i) => (name, Value: Waves([.. golden["shapes"]![i]!.AsArray().Select(s => (long)s!)], 40 + i, .2)
            + (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0))).ToDictionary(w => w.name, w => w.Value);
        Safetensors.Write(scratch["dino.safetensors"], weights);
        using var dino = DinoFeatures.Load(scratch["dino.safetensors"], CPU);
        var image = Waves([2, 3, 12, 12], 10, .9).requires_grad_();
        var token = dino.ClassToken(image);
        Goldens.Difference(token, golden["token"].Tensor(2, 128)).ShouldBeLessThan(1e-4);
        var (gradient, wanted) = (autograd.grad([token.square().mean()], [image])[0], golden["gradient"].Tensor(2, 3, 12, 12));
        (gradient - wanted).abs().max().item<float>().ShouldBeLessThan(1e-3f * wanted.abs().max().item<float>());
        dino.ClassToken(rand(1, 1, 20, 20)).shape.ShouldBe([1L, 128]);
        weights.Remove("blocks.1.mlp.fc2.bias");
        Safetensors.Write(scratch["dino.safetensors"], weights);
        Should.Throw<DatasetException>(() => DinoFeatures.Load(scratch["dino.safetensors"], CPU)).Message.ShouldContain("blocks.1.mlp.fc2.bias");
    }

    [SharedDataFact("weights/vgg19_normalised/vgg_normalised_conv3_1.pth")]
    public void Features_of_the_normalised_VGG_are_PyTorchs()
    {
        var file = SharedData.Path("weights/vgg19_normalised/vgg_normalised_conv3_1.pth");
        using var vgg = VggFeatures.Load(file, VggFeatures.Layers, CPU, "4FFFF49AD5CDC3337374B947918F35F903FCB0898B0B5EEBFCBD601B99FC3929");
        var features = vgg.Of(Waves([2, 3, 16, 16], 11, .9));
        foreach (var (layer, feature) in VggFeatures.Layers.Zip(features))
        {
            var (first, second) = (feature[0].sum([1L, 2]), feature[1].sum([0L]));
            Goldens.Difference(first, Golden["vgg"]![layer]!["channels"].Tensor(first.shape)).ShouldBeLessThan(1e-4, layer);
            Goldens.Difference(second, Golden["vgg"]![layer]!["places"].Tensor(second.shape)).ShouldBeLessThan(1e-4, layer);
        }
        using var shallow = VggFeatures.Load(SharedData.Path("weights/vgg19_normalised/vgg_normalised_conv2_1.pth"), ["relu2_1", "relu1_1"], CPU);
        Goldens.Difference(shallow.Of(Waves([2, 3, 16, 16], 11, .9))[0], features[2]).ShouldBeLessThan(1e-6);
        Should.Throw<DatasetException>(() => VggFeatures.Load(file, ["relu1_1"], CPU, "00")).Message.ShouldContain("SHA-256");
        Should.Throw<DatasetException>(() => VggFeatures.Load(SharedData.Path("weights/vgg19_normalised/vgg_normalised_conv1_1.pth"), ["relu2_1"], CPU))
            .Message.ShouldContain("has no weight '5.weight' of shape [64, 64, 3, 3]; the normalised VGG-19 up to relu2_1 is needed");
    }
}
