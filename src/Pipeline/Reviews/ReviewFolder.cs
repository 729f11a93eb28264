using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Classify.Readers;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Reviews;

/// <summary>A review as a folder: <c>review.html</c> for the readers, <c>key.csv</c> for whoever scores their answers.</summary>
public static class ReviewFolder
{
    /// <summary>The page.</summary>
    public const string Page = "review.html";

    /// <summary>What it does not tell.</summary>
    public const string Key = "key.csv";

    /// <summary>Draws the images and writes the folder, which must be new: a key that readers' answers wait for is never written
    /// over.</summary>
    /// <param name="sets">Image sets of one size and one class list, real and synthetic, with the places that messages name.</param>
    /// <param name="config">Number, seed, questions.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>The key.</returns>
    /// <exception cref="DatasetException">The sets do not belong together or have too few images; the folder is not empty.</exception>
    public static ReviewKey Make(IReadOnlyList<(string Place, ImageSet Set)> sets, ReviewConfig config, string folder)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(config);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new DatasetException($"--out {folder}: exists; give a new folder, so that no key is lost");
        }
        var chosen = ReviewMix.Draw(sets, config);
        if (config.Ask.HasFlag(ReviewQuestions.Grade) && chosen.FirstOrDefault(c => c.Row.Label < 0) is { } without)
        {
            throw new DatasetException($"{without.Set}: image '{without.Row.Id}' has no class; the question grade needs one for each "
                + $"image");
        }
        var items = Names(chosen, config.Seed);
        var key = new ReviewKey(Name(items, config), [.. items.Select(i => new ReviewItem(i.Item, i.Image.Generated, i.Image.Set,
            i.Image.Row.Id,
            i.Image.Row.Label < 0 ? "" : i.Image.Images.Classes[i.Image.Row.Label]))]);
        Durable.WriteFolder(folder, partial =>
        {
            File.WriteAllText(Path.Combine(partial, Page), ReviewPage.Text(key.Review, items, config));
            key.Write(Path.Combine(partial, Key));
        });
        return key;
    }

    // letters alone, since a spreadsheet takes 1234e567 for a number; no vowels, since names are no words
    private const string Letters = "bcdfghjklmnpqrst";

    private static List<(string Item, Chosen Image)> Names(IReadOnlyList<Chosen> chosen, ulong seed)
    {
        var (rng, taken, names) = (Rng.For(seed, "review names"), new HashSet<string>(StringComparer.Ordinal), new List<(string,
            Chosen)>());
        foreach (var image in chosen)
        {
            string name;
            do
            {
                name = string.Concat(Enumerable.Range(0, 8).Select(_ => Letters[rng.NextInt(Letters.Length)]));
            }
            while (!taken.Add(name));
            names.Add((name, image));
        }
        return names;
    }

    // a hash of images and questions: equal reviews have one name, and no two others
    private static string Name(List<(string Item, Chosen Image)> items, ReviewConfig config)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{(int)config.Ask} {config.Seed}\n");
        foreach (var (item, image) in items)
        {
            text.Append(CultureInfo.InvariantCulture, $"{item} {image.Row.Sha256} {image.Row.Label} {image.Generated}\n");
        }
        return string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).Take(12).Select(b => Letters[b % Letters.Length]));
    }
}
