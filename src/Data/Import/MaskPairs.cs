using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>
/// Which mask belongs to which image: the one at the same place below its folder, whatever the extension. Where no image has a mask there,
/// the one of the same base name, if no other image and no other mask has that name.
/// </summary>
public sealed class MaskPairs
{
    private readonly string folder;
    private readonly Dictionary<string, PlacedFile> byName;
    private readonly ILookup<string, PlacedFile> byBaseName;
    private readonly HashSet<PlacedFile> used = [];

    /// <param name="masks">All masks.</param>
    /// <param name="folder">Their folder, for messages.</param>
    /// <exception cref="DatasetException">Two masks differ in their extension alone.</exception>
    public MaskPairs(IReadOnlyList<PlacedFile> masks, string folder)
    {
        ArgumentNullException.ThrowIfNull(masks);
        this.folder = folder;
        byName = new(StringComparer.Ordinal);
        foreach (var mask in masks)
        {
            if (!byName.TryAdd(mask.Key, mask))
            {
                throw new DatasetException($"{mask.File}: has the name of {byName[mask.Key].File}; a name may have one mask");
            }
        }
        byBaseName = masks.ToLookup(m => m.BaseKey, StringComparer.Ordinal);
    }

    /// <summary>The masks that no image has, by place.</summary>
    public IReadOnlyList<PlacedFile> Spare
        => [.. byName.Values.Where(m => !used.Contains(m)).OrderBy(m => m.Place, StringComparer.Ordinal)];

    /// <summary>The mask of each image.</summary>
    /// <exception cref="DatasetException">An image has none, or several may be meant; the message names the first and counts the
    /// others.</exception>
    public IReadOnlyList<PlacedFile> Of(IReadOnlyList<PlacedFile> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var names = images.CountBy(i => i.BaseKey, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var (found, faults) = (new List<PlacedFile>(images.Count), new List<string>());
        foreach (var image in images)
        {
            if (byName.TryGetValue(image.Key, out var mask))
            {
                found.Add(mask);
                if (!used.Add(mask))
                {
                    faults.Add($"{image.File}: another image has this name too, and there is one mask, {mask.File}");
                }
                continue;
            }
            var others = byBaseName[image.BaseKey].ToArray();
            if (others.Length == 1 && names[image.BaseKey] == 1)
            {
                found.Add(others[0]);
                used.Add(others[0]);
                continue;
            }
            faults.Add(others.Length == 0 ? $"{image.File}: no mask of that name in {folder}"
                : $"{image.File}: no mask at {image.Name} in {folder}, and {others.Length} masks and {names[image.BaseKey]} images have "
                    + $"the base name {image.BaseName}; masks must lie in the folders of their images");
        }
        return faults.Count == 0 ? found : throw new DatasetException(faults[0] + UserException.Others(faults.Count));
    }
}
