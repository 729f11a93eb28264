using Odm.Augment.Gan.CellGan;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Gan.Training;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class CellGanTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static GanShape Shape(CellGanNetworkConfig network, int size, params string[] classes) => new()
    {
        Kind = "cellgan",
        Channels = 3,
        Size = size,
        Masks = false,
        Classes = classes,
        Network = GanShape.Pack(network),
        Training = new(),
    };

    [Fact]
    public void Networks_losses_and_penalties_are_those_of_the_PyTorch_definition()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenNetworks.Read("gan_cellgan.safetensors");
        using var networks = new CellGanNetworks(Shape(new() { Latent = 5, Channels = 1, Condition = 6 }, 64, "a", "b", "c"), 1, Precision.Fp32);
        foreach (var (module, prefix) in new[] { (networks.Generator, "generator"), (networks.Discriminator, "discriminator") })
        {
            GoldenNetworks.Load(module, prefix, golden);
            Vectors(module, (name, vector) => vector.copy_(golden[$"{prefix}_vectors.{name}"]));
        }
        var (y, real) = (golden["classes"], golden["real"]);

        var fake = networks.Generate(golden["z"], y, []);
        Goldens.Difference(fake, golden["images"]).ShouldBeLessThan(1e-4);
        var (onReal, onFake) = (networks.Judge(real, y), networks.Judge(fake.detach(), y));
        Goldens.Difference(onReal, golden["on_real"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(onFake, golden["on_fake"]).ShouldBeLessThan(1e-4);
        var rebuilding = ((CellGanDiscriminator)networks.Discriminator).Rebuilding(real, 21, 6);
        Goldens.Difference(rebuilding.reshape(1), golden["rebuilding"]).ShouldBeLessThan(1e-4);
        (AdversarialLosses.Real(AdversarialLoss.Hinge, onReal) + AdversarialLosses.Fake(AdversarialLoss.Hinge, onFake) + rebuilding).backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "discriminator_gradient", golden);

        AdversarialLosses.Generator(AdversarialLoss.Hinge, networks.Judge(networks.Generate(golden["z"], y, []), y)).backward();
        GoldenNetworks.ShouldHaveGradients(networks.Generator, "generator_gradient", golden);

        networks.Discriminator.zero_grad();
        var leaf = real.detach().requires_grad_(true);
        var r1 = GradientPenalties.R1(networks.Judge(leaf, y), leaf);
        Goldens.Difference(r1.reshape(1), golden["r1"]).ShouldBeLessThan(1e-4);
        r1.backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "r1_gradient", golden);
        Vectors(networks.Discriminator, (name, vector) => Goldens.Difference(vector, golden[$"discriminator_after.{name}"]).ShouldBeLessThan(1e-4, name));

        networks.Generator.eval();
        Goldens.Difference(networks.Generate(golden["z"], y, []), golden["drawn"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(networks.Generate(golden["z"], y, []), golden["drawn"]).ShouldBeLessThan(1e-4); // drawing moves nothing
    }

    [Fact]
    public void Parameters_are_those_of_the_published_networks_of_256_pixels()
    {
        using var networks = new CellGanNetworks(Shape(new(), 256, "0", "1", "2", "3", "4"), 1, Precision.Fp32);
        networks.Generator.parameters().Sum(p => p.numel()).ShouldBe(6_090_336); // goldens/make_gan_cellgan.py prints them
        networks.Discriminator.parameters().Sum(p => p.numel()).ShouldBe(7_267_872);
    }

    [Fact]
    public void The_weight_of_a_layer_has_spectral_norm_1_after_a_few_passes()
    {
        using var scope = NewDisposeScope();
        using var layer = new SpectralProduct(new Rng(1), 6, 4, new(ProductKind.Linear), Precision.Fp32);
        for (var i = 0; i < 60; i++)
        {
            layer.call(zeros(1, 6));
        }
        var matrix = layer.call(eye(6)).t(); // what it multiplies with
        linalg.svdvals(matrix)[0].item<float>().ShouldBe(1, 1e-3f);
    }

    [Theory]
    [InlineData(32, 0)]
    [InlineData(64, 1)]
    [InlineData(128, 2)]
    [InlineData(256, 3)]
    public void Links_that_fit_are_kept_at_every_side(int size, int links)
    {
        using var scope = NewDisposeScope();
        using var networks = new CellGanNetworks(Shape(new() { Latent = 4, Channels = 4, Condition = 4 }, size), 1, Precision.Fp32);
        networks.Generator.named_parameters().Count(p => p.name.EndsWith("attention.weight", StringComparison.Ordinal)).ShouldBe(links);
        var images = networks.Generate(networks.Latents([1, 2], CPU), null, []);
        images.shape.ShouldBe([2L, 3, size, size]);
        networks.Judge(images, null).shape.ShouldBe([2L, 1, 8, 8]);
        networks.DiscriminatorTerm(images, null, 5)!.shape.ShouldBeEmpty();
    }

    [Fact]
    public void A_continued_training_ends_with_the_bits_of_an_uninterrupted_one()
    {
        var config = new CellGanGeneratorConfig
        {
            Kind = "cellgan",
            Network = new() { Latent = 4, Channels = 1, Condition = 4 },
            Training = new CellGanGeneratorConfig { Kind = "cellgan" }.Training with { Batch = 4, Steps = 5, SheetEvery = 2 },
        };
        GanDrawn.Train(config, GanDrawn.Work(scratch["whole"]));
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => GanDrawn.Train(config, GanDrawn.Work(scratch["parted"], cancel: cancel.Token), step =>
        {
            if (step == 3)
            {
                cancel.Cancel();
            }
        }));
        GanDrawn.Train(config, GanDrawn.Work(scratch["parted"]));
        Weights("parted").ShouldBe(Weights("whole"));
        using var drawn = config.Build(config.ShapeFor(GanDrawn.Eyes, 20), 1, Precision.Fp32);
        drawn.Generator.state_dict().Keys.Count(k => k.EndsWith(".u", StringComparison.Ordinal)).ShouldBeGreaterThan(5, "the vectors of power iteration are part of the state");

        string Weights(string run)
        {
            var found = Checkpoint.TryRead(Path.Combine(scratch[run], "checkpoint"))!;
            var text = string.Join('\n', found.Weights.Concat(found.Ema).OrderBy(w => w.Key, StringComparer.Ordinal)
                .Select(w => $"{w.Key} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(w.Value.bytes))}"));
            found.DisposeTensors();
            return text;
        }
    }

    [Fact]
    public void The_settings_are_the_papers_and_faults_name_their_field()
    {
        var config = new CellGanGeneratorConfig { Kind = "cellgan" };
        config.Training.ShouldSatisfyAllConditions(t => t.Loss.ShouldBe(AdversarialLoss.Hinge), t => t.Batch.ShouldBe(64), t => t.Beta1.ShouldBe(0), t => t.LearningRate.ShouldBe(2.5e-4), t => t.R1.ShouldBe(.02));
        config.Faults("generators.c").ShouldBeEmpty();
        (config with { Training = config.Training with { PathLength = 2 } }).Faults("generators.c").Single().ShouldContain("generators.c.path_length: 2");
        new CellGanNetworkConfig { Rebuilding = -1 }.Faults("generators.c.network").ShouldBe(["generators.c.network.rebuilding: -1; must be 0 (off) or more"]);
        config.ImageFaults("generators.c", PhantomDataset48(), new(_ => null, null!)).Single().ShouldContain("must be a power of two from 32 to 256");
    }

    private static ImageSet PhantomDataset48() => Odm.Data.Phantom.PhantomDataset.Draw(10, 48, 1, [.2, .2, .2, .2, .2]);

    private static void Vectors(nn.Module module, Action<string, Tensor> each)
    {
        using var off = no_grad();
        foreach (var (name, buffer) in module.named_buffers())
        {
            each(name, buffer);
        }
    }
}
