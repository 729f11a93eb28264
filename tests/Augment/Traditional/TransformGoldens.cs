using System.Text.Json;
using Odm.Augment.Traditional;

namespace Odm.Augment.Tests;

/// <summary>Against PyTorch's grid_sample and NumPy: goldens/make_traditional.py.</summary>
public sealed class TransformGoldens
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "traditional.json"))).RootElement;

    private static Picture Input() => new(Floats(Golden.GetProperty("image")), Floats(Golden.GetProperty("mask")),
        Golden.GetProperty("channels").GetInt32(), Golden.GetProperty("height").GetInt32(), Golden.GetProperty("width").GetInt32());

    public static TheoryData<int> GeometryCases() => [.. Enumerable.Range(0, Golden.GetProperty("geometry").GetArrayLength())];

    public static TheoryData<int> ValueCases() => [.. Enumerable.Range(0, Golden.GetProperty("values").GetArrayLength())];

    [Theory, MemberData(nameof(GeometryCases))]
    public void Geometry_agrees_with_affine_grid_and_grid_sample(int index)
    {
        var golden = Golden.GetProperty("geometry")[index];
        var p = golden.GetProperty("parameters");
        var draw = new TransformDraw
        {
            Rotation = One("rotation", 0),
            Scale = One("scale", 1),
            Translate = Two("translate"),
            Shear = Two("shear"),
            Crop = p.TryGetProperty("crop", out var crop) ? (crop[0].GetDouble(), crop[1].GetDouble(), crop[2].GetDouble()) : (1, 0, 0),
            Edge = golden.GetProperty("edge").GetBoolean(),
        };
        var moved = draw.Apply(Input());
        moved.Pixels.ShouldBe(Floats(golden.GetProperty("image")), 2e-5f);
        moved.Mask.ShouldBe(Floats(golden.GetProperty("mask")));

        double One(string name, double none) => p.TryGetProperty(name, out var v) ? v.GetDouble() : none;
        (double, double) Two(string name) => p.TryGetProperty(name, out var v) ? (v[0].GetDouble(), v[1].GetDouble()) : default;
    }

    [Theory, MemberData(nameof(ValueCases))]
    public void Values_agree_with_numpy_and_the_mask_stays(int index)
    {
        var golden = Golden.GetProperty("values")[index];
        var strength = golden.GetProperty("strength").GetDouble();
        var input = Input();
        var draw = golden.GetProperty("name").GetString() switch
        {
            "brightness" => new TransformDraw { Brightness = strength },
            "contrast" => new TransformDraw { Contrast = strength },
            _ => new TransformDraw { Gamma = strength },
        };
        var changed = draw.Apply(input);
        changed.Pixels.ShouldBe(Floats(golden.GetProperty("image")), 2e-5f);
        changed.Mask.ShouldBeSameAs(input.Mask);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetSingle())];
}
