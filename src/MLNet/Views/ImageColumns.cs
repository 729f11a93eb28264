namespace Odm.MLNet.Views;

/// <summary>
/// Names of the columns that Odm reads of an <c>IDataView</c>; the defaults are those of <c>LoadFromImageSet</c>. A column that may be
/// missing must be there where its name is not the default. Group, Split, Id and Origin may be text, numbers or keys.
/// </summary>
public sealed record ImageColumns
{
    /// <summary>The image, <c>MLImage</c>; all of one size.</summary>
    public string Image { get; init; } = "Image";

    /// <summary>The class: a key, whose order is the order of the grades, or text.</summary>
    public string Label { get; init; } = "Label";

    /// <summary>The lesion's mask, <c>MLImage</c>, black and white; read where it is needed.</summary>
    public string Mask { get; init; } = "Mask";

    /// <summary>Patient, lesion or video; may be missing.</summary>
    public string Group { get; init; } = "Group";

    /// <summary>Side of the split: <c>train</c>, <c>val</c>, <c>test</c> or empty; may be missing.</summary>
    public string Split { get; init; } = "Split";

    /// <summary>Name of the row in messages and provenance; may be missing, then rows are counted from 0.</summary>
    public string Id { get; init; } = "Id";

    /// <summary><c>real</c> or <c>synthetic</c>; may be missing, then all rows are real. Balanced views have it.</summary>
    public string Origin { get; init; } = "Origin";

    /// <summary>
    /// 3 (RGB) or 1 (grey, of which the red channel is read); null: what the view's own images have, and 3 where it does not say.
    /// </summary>
    public int? Channels { get; init; }
}
