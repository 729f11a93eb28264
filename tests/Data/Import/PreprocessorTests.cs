using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Phantom;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Tests;

public class PreprocessorTests
{
    private static Pixels Grey(int width, int height, Func<int, int, int> level) =>
        new(width, height, 1, 8, [.. Enumerable.Range(0, width * height).Select(i => (byte)level(i % width, i / width))]);

    private static (Pixels Image, Pixels? Mask) Do(Pixels image, Pixels? mask, params string[] steps) => Preprocessor.Apply([.. steps.Select(s => PreprocessStep.Parse(s))], image, mask);

    [Fact]
    public void Centre_crop_takes_the_middle_of_image_and_mask()
    {
        var image = Grey(7, 5, (x, y) => 10 * y + x);
        var (cut, mask) = Do(image, image, "centre_crop: 3");
        (cut.Width, cut.Height).ShouldBe((3, 3));
        cut.Planar.ShouldBe([12, 13, 14, 22, 23, 24, 32, 33, 34]);
        mask!.Planar.ShouldBe(cut.Planar);
        Should.Throw<DatasetException>(() => Do(image, null, "centre_crop: 6")).Message.ShouldBe("7x5 pixels are too few for centre_crop: 6");
    }

    [Fact]
    public void Pad_square_puts_black_on_both_sides_of_the_shorter()
    {
        var (wide, _) = Do(Grey(4, 2, (x, y) => 9), null, "pad_square");
        wide.Planar.ShouldBe([0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0]);
        var (tall, _) = Do(Grey(1, 3, (x, y) => 9), null, "pad_square");
        tall.Planar.ShouldBe([0, 9, 0, 0, 9, 0, 0, 9, 0]);
    }

    [Fact]
    public void Every_channel_is_cut_alike()
    {
        var image = new Pixels(3, 1, 3, 8, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Do(image, null, "centre_crop: 1").Image.Planar.ShouldBe([2, 5, 8]);
    }

    [Fact]
    public void Crop_disc_keeps_the_lit_disc_and_drops_dark_noise_and_a_hot_pixel()
    {
        var image = Grey(200, 100, (x, y) => (x - 90) * (x - 90) + (y - 50) * (y - 50) <= 40 * 40 ? 120 : x == 5 && y == 5 ? 255 : (x * 7 + y * 3) % 20);
        var (cut, _) = Do(image, null, "crop_disc");
        cut.Width.ShouldBeInRange(79, 81);
        cut.Height.ShouldBeInRange(79, 81);
        cut.Planar[cut.Height / 2 * cut.Width].ShouldBe((byte)120);
        Should.Throw<DatasetException>(() => Do(Grey(20, 20, (_, _) => 10), null, "crop_disc")).Message.ShouldContain("dark throughout");
    }

    [Fact]
    public void A_disc_cut_off_above_and_below_keeps_all_that_is_there()
    {
        var (cut, _) = Do(Grey(200, 60, (x, y) => (x - 100) * (x - 100) + (y - 30) * (y - 30) <= 45 * 45 ? 200 : 0), null, "crop_disc");
        cut.Width.ShouldBeInRange(89, 91);
        cut.Height.ShouldBe(60);
    }

    [Fact]
    public void Steps_are_words_with_or_without_a_size()
    {
        PreprocessStep.Parse("resize: 64").ShouldBe(new PreprocessStep("resize", 64));
        PreprocessStep.Parse(" crop_disc ").ShouldBe(new PreprocessStep("crop_disc"));
        foreach (var step in new[] { "centre_crop: 128", "pad_square" })
        {
            PreprocessStep.Parse(step).ToString().ShouldBe(step);
        }
        foreach (var wrong in new[] { "", "resize: big", "resize: -3", "resize: 3: 4" })
        {
            Should.Throw<FormatException>(() => PreprocessStep.Parse(wrong));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public void Resizing_is_torchs_antialiased_interpolation_and_leaves_no_grey_in_a_mask(int size)
    {
        var image = new Pixels(53, 37, 3, 8, Npy.Read("goldens/resize_image.npy").Bytes);
        var mask = new Pixels(53, 37, 1, 8, Npy.Read("goldens/resize_mask.npy").Bytes);
        var (small, smallMask) = Do(image, mask, $"resize: {size}");
        (small.Width, small.Height, smallMask!.Width).ShouldBe((size, size, size));
        var golden = Npy.Read($"goldens/resize_image_{size}.npy").Bytes;
        small.Planar.Zip(golden).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThanOrEqualTo(1);
        small.Planar.Zip(golden).Count(p => p.First != p.Second).ShouldBeLessThan(golden.Length / 1000 + 1);
        smallMask.Planar.ShouldBe(Npy.Read($"goldens/resize_mask_{size}.npy").Bytes);
    }

    [Fact]
    public void Steps_run_in_the_order_given()
    {
        var image = Grey(30, 20, (x, y) => 100);
        Do(image, null, "pad_square", "resize: 10").Image.Planar[0].ShouldBe((byte)0);
        Do(image, null, "resize: 10", "pad_square").Image.Planar.ShouldAllBe(v => v == 100);
    }

    [Fact]
    public void A_set_is_preprocessed_with_its_masks_and_new_hashes()
    {
        var set = PhantomDataset.Draw(4, 64, 1);
        var small = Importer.Preprocess(set, [new("resize", 32)]);
        (small.Width, small.HasMasks).ShouldBe((32, true));
        small.Rows[0].Sha256.ShouldBe(ImageSet.HashPixels(small.Image(0), 3, 32, 32));
        small.Rows[0].Sha256.ShouldNotBe(set.Rows[0].Sha256);
    }
}
