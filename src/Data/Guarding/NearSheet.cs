using System.Globalization;
using Odm.Data.Drawing;
using Odm.Data.Images;

namespace Odm.Data.Guarding;

/// <summary>Near duplicates to look at.</summary>
public static class NearSheet
{
    private const int Most = 12;

    /// <summary>The nearest pairs, one image above the other. Pairs of other sizes than the first are left out.</summary>
    public static Canvas Draw(IReadOnlyList<NearPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var like = pairs[0].Earlier.Set;
        NearPair[] shown = [.. pairs.Where(p => Fits(p.Earlier.Set) && Fits(p.Later.Set)).DefaultIfEmpty(pairs[0]).Take(Most)];
        var title = string.Create(CultureInfo.InvariantCulture,
            $"near duplicates, {shown[0].Distance:0.00} to {shown[^1].Distance:0.00} of the usual distance");
        return ContactSheet.Draw(title, [Row("\nearlier side", p => p.Earlier), Row("\nlater side", p => p.Later)], shown.Length);

        bool Fits(ImageSet set) => (set.Channels, set.Height, set.Width) == (like.Channels, like.Height, like.Width);

        SheetRow Row(string caption, Func<NearPair, NearPlace> place)
        {
            NearPlace[] places = Array.ConvertAll(shown, p => place(p));
            var set = places[0].Set;
            return new(caption, ImageSet.FromImages([.. places.Select(p => p.Set.Image(p.Index).ToArray())], set.Channels, set.Height,
                set.Width, [.. places.Select(p => p.Row)], set.Classes), [.. Enumerable.Range(0, shown.Length)]);
        }
    }
}
