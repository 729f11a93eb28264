using Odm.Augment.Diffusion.Family;
using Odm.Augment.Gan.CellGan;
using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Gan.SinGan;
using Odm.Augment.Gan.StyleGan;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Family;
using Odm.Augment.Variations;

namespace Odm.Augment.Families;

/// <summary>All generator families: what <c>generators.NAME.kind</c> may be. A new family is a folder and a row here.</summary>
public static class GeneratorFamilies
{
    private static readonly OrderedDictionary<string, Type> Rows = new(StringComparer.Ordinal)
    {
        ["diffusion"] = typeof(DiffusionGeneratorConfig),
        ["inpaint"] = typeof(InpaintGeneratorConfig),
        ["stylegan2-ada"] = typeof(StyleGanGeneratorConfig),
        ["dcgan"] = typeof(DcganGeneratorConfig),
        ["cellgan"] = typeof(CellGanGeneratorConfig),
        ["singan-seg"] = typeof(SinGanGeneratorConfig),
        ["variations"] = typeof(VariationsGeneratorConfig),
    };

    /// <summary>The record of each family, by its name; the first is the one of a generator that names none.</summary>
    public static IReadOnlyDictionary<string, Type> All => Rows;

    /// <summary>Adds a family from outside, before a study is read.</summary>
    /// <typeparam name="T">Its record, with defaults for all fields.</typeparam>
    /// <param name="kind">Its name, in lower case.</param>
    /// <exception cref="ArgumentException">The name is taken by another family.</exception>
    public static void Add<T>(string kind)
        where T : GeneratorConfig
    {
        if (!Rows.TryAdd(kind, typeof(T)) && Rows[kind] != typeof(T))
        {
            throw new ArgumentException($"'{kind}' is the family {Rows[kind].Name} already", nameof(kind));
        }
    }
}
