using Odm.Augment.Diffusion;
using Odm.Augment.Vgg;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Style;

/// <summary>The terms of a style's loss for one batch: what they compare with is computed once.</summary>
internal sealed class StyleTerms : IDisposable
{
    private readonly List<(string Name, Func<GuidedStep, Tensor> Loss)> terms = [];
    private readonly double scale;
    private Tensor? before, now; // class tokens of the last two steps

    /// <param name="config">λs.</param>
    /// <param name="model">Whose encoder ZeCon compares; asked without a label.</param>
    /// <param name="vgg">Null: without.</param>
    /// <param name="dino">Null: without.</param>
    /// <param name="content">The inpainted images, [N, C + 1, H, W].</param>
    /// <param name="source">The images they were painted into, [N, C, H, W].</param>
    /// <param name="seeds">Of each image: where ZeCon looks.</param>
    public StyleTerms(StyleConfig config, DiffusionModel model, VggFeatures? vgg, DinoFeatures? dino, Tensor content, Tensor source,
        IReadOnlyList<ulong> seeds)
    {
        var image = content[.., ..^1];
        scale = content.shape[2] * content.shape[3] / (256.0 * 256);
        if (vgg is not null)
        {
            var wanted = vgg.Of(image);
            Add("vgg", config.Vgg, s => StyleLosses.Features(vgg.Of(s.Mixed[.., ..^1]), wanted));
        }
        if (config.Zecon > 0)
        {
            var (t, label) = (zeros(seeds.Count, dtype: ScalarType.Int64, device: content.device), model.Unlabelled(seeds.Count));
            var wanted = Chosen(content);
            Add("zecon", config.Zecon, s => StyleLosses.Contrast(Chosen(s.Mixed), wanted, Places(wanted, s.Step), config.ZeconTemperature));

            Tensor[] Chosen(Tensor x)
            {
                var all = model.Features(x, t, label);
                return [.. config.ZeconLayers.Where(l => l < all.Count).Select(l => all[l])];
            }
        }
        Add("pixel", config.Pixel, s => StyleLosses.Square(s.Mixed[.., ..^1], image));
        Add("target", config.Target, s => StyleLosses.Square(s.Mixed[.., ..^1], source));
        Add("range", config.Range, s => StyleLosses.Range(s.Clean[.., ..^1]));
        if (dino is not null)
        {
            AddDino(config, dino, source);
        }

        IReadOnlyList<Tensor> Places(Tensor[] features, int step) => [.. features.Select((f, layer) => Drawn(f, step, layer))];

        Tensor Drawn(Tensor f, int step, int layer)
        {
            var (all, count) = ((int)(f.shape[2] * f.shape[3]), Math.Min(config.ZeconPatches, (int)(f.shape[2] * f.shape[3])));
            return tensor([.. seeds.SelectMany(s => Rng.For(s, "zecon places", step * 64 + layer).Permutation(all).Take(count)
                .Select(p => (long)p))],
                seeds.Count, count, device: f.device);
        }
    }

    /// <summary>The weighted sum, a scalar.</summary>
    public Tensor Loss(GuidedStep step)
    {
        using var scope = NewDisposeScope();
        return (terms.Select(t => t.Loss(step)).Aggregate((a, b) => a + b) * scale).MoveToOuterDisposeScope();
    }

    /// <summary>Names of the terms that a style runs, whatever the batch.</summary>
    public static IReadOnlyList<string> Names(StyleConfig config, bool vgg, bool dino)
    {
        var all = new (string Name, bool Runs)[]
        {
            ("vgg", vgg), ("zecon", config.Zecon > 0), ("pixel", config.Pixel > 0), ("target", config.Target > 0),
                ("range", config.Range > 0),
            ("dino_style", dino && config.DinoStyle > 0), ("dino_semantic", dino && config.DinoSemantic > 0),
        };
        return [.. all.Where(t => t.Runs).Select(t => t.Name)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        before?.Dispose();
        now?.Dispose();
    }

    private void AddDino(StyleConfig config, DinoFeatures dino, Tensor source)
    {
        var wanted = dino.ClassToken(source);
        Add("dino", 1, s =>
        {
            before?.Dispose();
            before = now;
            var token = dino.ClassToken(s.Mixed[.., ..^1]);
            now = token.detach().clone().DetachFromDisposeScope();
            var style = config.DinoStyle * StyleLosses.Square(token, wanted);
            return before is null || s.Step <= config.DinoSemanticUntil ? style
                : style - config.DinoSemantic * StyleLosses.Square(token, before);
        });
    }

    private void Add(string name, double weight, Func<GuidedStep, Tensor> loss)
    {
        if (weight > 0)
        {
            terms.Add((name, s =>
            {
                using var scope = NewDisposeScope();
                return (weight * loss(s)).MoveToOuterDisposeScope();
            }
            ));
        }
    }
}
