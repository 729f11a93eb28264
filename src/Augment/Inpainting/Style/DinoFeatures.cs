using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Inpainting.Style;

/// <summary>
/// The class token that DINO's vision transformer (Caron et al. 2021, dino_vitb8 or another of its sizes) gives an image after its last
/// block, as
/// Kwon and Ye 2023 take it. Depth, width, patch and grid are read off the weights, which are named as in the published file; heads
/// have 64 channels.
/// </summary>
internal sealed class DinoFeatures : IDisposable
{
    private const int HeadChannels = 64;

    private static readonly float[] Mean = [.485f, .456f, .406f], Deviation = [.229f, .224f, .225f]; // ImageNet's

    private readonly Dictionary<string, Tensor> weights;
    private readonly int depth;
    private readonly long patch, side, heads;

    private DinoFeatures(Dictionary<string, Tensor> weights, int depth, long patch, long side, long heads) =>
        (this.weights, this.depth, this.patch, this.side, this.heads) = (weights, depth, patch, side, heads);

    /// <summary>Reads the weights. Call it outside dispose scopes.</summary>
    /// <exception cref="DatasetException">The file is missing or holds no such transformer.</exception>
    public static DinoFeatures Load(string path, Device device)
    {
        using var scope = NewDisposeScope();
        var read = TorchFile.ReadWeights(path);
        if (!read.TryGetValue("pos_embed", out var places) || !read.TryGetValue("patch_embed.proj.weight", out var pixels)
            || places.dim() != 3 || pixels.dim() != 4)
        {
            throw Other("pos_embed");
        }
        var (width, patch, grid) = (places.shape[2], pixels.shape[3], (long)Math.Sqrt(places.shape[1] - 1));
        var depth = 0;
        while (read.ContainsKey($"blocks.{depth}.norm1.weight"))
        {
            depth++;
        }
        if (grid * grid != places.shape[1] - 1 || width % HeadChannels != 0 || depth == 0)
        {
            throw Other("blocks.0.norm1.weight");
        }
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["cls_token"] = [1, 1, width],
            ["pos_embed"] = [1, grid * grid + 1, width],
            ["patch_embed.proj.weight"] = [width, 3, patch, patch],
            ["patch_embed.proj.bias"] = [width],
        };
        for (var i = 0; i < depth; i++)
        {
            foreach (var (name, rows, columns) in new[] { ("attn.qkv", 3 * width, width), ("attn.proj", width, width),
                ("mlp.fc1", 4 * width, width), ("mlp.fc2", width, 4 * width) })
            {
                (shapes[$"blocks.{i}.{name}.weight"], shapes[$"blocks.{i}.{name}.bias"]) = ([rows, columns], [rows]);
            }
            foreach (var name in new[] { "norm1", "norm2" })
            {
                (shapes[$"blocks.{i}.{name}.weight"], shapes[$"blocks.{i}.{name}.bias"]) = ([width], [width]);
            }
        }
        foreach (var (name, shape) in shapes)
        {
            if (!read.TryGetValue(name, out var value) || !value.shape.SequenceEqual(shape))
            {
                throw Other(name);
            }
        }
        return new(shapes.Keys.ToDictionary(n => n, n => read[n].to(ScalarType.Float32).to(device).DetachFromDisposeScope(),
            StringComparer.Ordinal),
            depth, patch, grid * patch, width / HeadChannels);

        DatasetException Other(string name) => new($"{path}: no weights of a DINO vision transformer ({name} is missing or has another "
            + $"shape)");
    }

    /// <summary>
    /// [N, 3, H, W], or [N, 1, H, W] of grey, in [-1, 1] -> [N, width]; differentiable. Images are resized to what the positions were
    /// trained for.
    /// </summary>
    public Tensor ClassToken(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        var x = (images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images) * .5 + .5;
        if (x.shape[2] != side || x.shape[3] != side)
        {
            x = F.interpolate(x, [side, side], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
        }
        x = (x - tensor(Mean, 1, 3, 1, 1, device: x.device)) / tensor(Deviation, 1, 3, 1, 1, device: x.device);
        // [N, T, D]
        x = F.conv2d(x, weights["patch_embed.proj.weight"], weights["patch_embed.proj.bias"], [patch, patch]).flatten(2).transpose(1, 2);
        x = cat([weights["cls_token"].expand(x.shape[0], -1, -1), x], 1) + weights["pos_embed"];
        for (var i = 0; i < depth; i++)
        {
            x = x + Attention(Norm(x, $"blocks.{i}.norm1"), $"blocks.{i}.attn");
            x = x + Linear(F.gelu(Linear(Norm(x, $"blocks.{i}.norm2"), $"blocks.{i}.mlp.fc1")), $"blocks.{i}.mlp.fc2");
        }
        return x.select(1, 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in weights.Values)
        {
            weight.Dispose();
        }
    }

    private Tensor Linear(Tensor x, string name) => F.linear(x, weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name) => F.layer_norm(x, [x.shape[2]], weights[$"{name}.weight"], weights[$"{name}.bias"], 1e-6);

    private Tensor Attention(Tensor x, string name)
    {
        var (n, t, d) = (x.shape[0], x.shape[1], x.shape[2]);
        // [3, N, heads, T, 64]
        var qkv = Linear(x, $"{name}.qkv").reshape(n, t, 3, heads, HeadChannels).permute(2, 0, 3, 1, 4);
        // [N, heads, T, T]
        var share = (qkv[0] * (1 / Math.Sqrt(HeadChannels))).matmul(qkv[1].transpose(2, 3)).softmax(-1);
        return Linear(share.matmul(qkv[2]).transpose(1, 2).reshape(n, t, d), $"{name}.proj");
    }
}
