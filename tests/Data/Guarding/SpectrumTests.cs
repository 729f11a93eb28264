using System.Text.Json;
using Odm.Data.Guarding;
using Odm.Data.Images;

namespace Odm.Data.Tests;

public class SpectrumTests
{
    private sealed record Golden(float[] Image, double[][] Windows, double[][] Spectra);

    private static readonly Golden SciPy = JsonSerializer.Deserialize<Golden>(File.ReadAllText("goldens/spectrum.json"), JsonSerializerOptions.Web)!;

    [Fact]
    public void The_spectrum_of_a_window_is_SciPys_cosine_transform_of_its_samples()
    {
        for (var w = 0; w < SciPy.Windows.Length; w++)
        {
            var window = new Window(SciPy.Windows[w][0], SciPy.Windows[w][1], SciPy.Windows[w][2], SciPy.Windows[w][3]);
            Of(SciPy.Image, window).Zip(SciPy.Spectra[w]).ShouldAllBe(x => Math.Abs(x.First - x.Second) < 2e-3);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Turning_the_spectrum_turns_the_image_and_the_inverse_undoes_it(int form)
    {
        var bytes = SciPy.Image.Select(x => (byte)x).ToArray();
        var turned = NearFeatures.Turned(ImageSet.FromPixels(bytes, 1, 32, 32, [new ImageRow { Id = "a" }], []), 0, form);
        var (straight, expected, now, back) = (Of(SciPy.Image, Window.Middle), Of([.. turned.Select(b => (float)b)], Window.Middle), new float[Spectrum.Length], new float[Spectrum.Length]);
        Spectrum.Turn(straight, form, now);
        now.Zip(expected).ShouldAllBe(x => Math.Abs(x.First - x.Second) < 1e-2);
        Spectrum.Turn(now, Spectrum.Inverse(form), back);
        back.ShouldBe(straight);
    }

    [Fact]
    public void The_windows_of_the_grid_map_onto_each_other_when_an_image_is_turned()
    {
        Window.Grid.Count.ShouldBe(45);
        var rounded = Window.Grid.Select(Rounded).ToHashSet();
        Window.Grid.ShouldAllBe(w => rounded.Contains(Rounded(new(w.X, w.Width, 1 - w.Y, w.Height))));
    }

    [Fact]
    public void A_hash_has_64_bits_and_the_mean_it_is_taken_against_is_the_same_however_images_are_turned()
    {
        float[] spectra = [.. Of(SciPy.Image, Window.Middle), .. Of([.. SciPy.Image.Reverse()], Window.Middle)];
        var (mean, turned) = (PerceptualHash.Mean(spectra), new float[Spectrum.Length]);
        Spectrum.Turn(mean, 3, turned);
        turned.ShouldBe(mean); // the mean over all forms is its own form
        var (all, none) = (new float[Spectrum.Length], new float[Spectrum.Length]);
        Array.Fill(all, 1f);
        PerceptualHash.Of(all, none).ShouldBe(ulong.MaxValue);
        PerceptualHash.Least(0b111, [0b1, ulong.MaxValue, 0b110, 0b0, 0b011011]).ShouldBe(1);
    }

    private static (double, double, double, double) Rounded(Window w) => (Math.Round(w.Y, 6), Math.Round(w.Height, 6), Math.Round(w.X, 6), Math.Round(w.Width, 6));

    private static float[] Of(float[] image, Window window)
    {
        var result = new float[Spectrum.Length];
        Spectrum.Across(Spectrum.Down(Spectrum.Operator(window.Y, window.Height), image), Spectrum.Operator(window.X, window.Width), result);
        return result;
    }
}
