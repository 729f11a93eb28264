using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary><c>sheets/sources.png</c> of a training: the first sources, what SinGANs make again of them, and what they draw.</summary>
internal static class SinGanSheet
{
    private const int Shown = 10;
    private const int Draws = 2;

    /// <summary>Draws it; the edges of the masks are traced.</summary>
    public static void Draw(ImageSet chosen, ulong seed, string folder, RunContext context)
    {
        var shown = Enumerable.Range(0, Math.Min(Shown, chosen.Count)).ToArray();
        var made = new List<(byte[] Image, byte[] Mask)>[Draws + 1];
        for (var way = 0; way <= Draws; way++)
        {
            made[way] = [.. shown.Select(k =>
            {
                var (model, shape, _) = SinGanModel.Open(SinGanSources.FolderOf(folder, k), context);
                using var held = model;
                return SinGanSet.Drawn(model, shape, Rng.Seed(seed, "sheet", way), way == 0 ? shape.Sides.Count : 0);
            })];
        }
        var rows = new List<SheetRow> { new("source", chosen, shown) };
        rows.AddRange(made.Select((m, way) => new SheetRow(way == 0 ? "made again" : "drawn", Set(m), shown)));
        ContactSheet.Draw("a SinGAN for each image, with its mask", rows, shown.Length, outlines: true)
            .Save(Path.Combine(folder, "sheets", "sources.png"));

        ImageSet Set(List<(byte[] Image, byte[] Mask)> images) => ImageSet.FromPixels([.. images.SelectMany(i => i.Image)], chosen.Channels,
            chosen.Height, chosen.Width, [.. shown.Select(k => new ImageRow { Id = $"{k}" })], [], [.. images.SelectMany(i => i.Mask)]);
    }
}
