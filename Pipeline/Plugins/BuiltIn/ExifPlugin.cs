using System.Text.Json;
using MetadataExtractor;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>
/// Reads the tags of pictures: the camera, when and where it was taken, and all others by their group and name. Counts
/// pictures by camera.
/// </summary>
public sealed class ExifPlugin : IPlugin
{
    private static readonly JsonElement Definitions = JsonElement.Parse("""
        [{"name": "exif-cameras",
          "group": [{"name": "make", "pointer": "/make"}, {"name": "model", "pointer": "/model"}],
          "measures": [{"name": "count", "kind": "count"}, {"name": "located", "kind": "sum", "pointer": "/located"}]}]
        """u8);

    private ExifOptions options = new();

    public string Name => "exif";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } =
    [
        "image/jpeg",
        "image/tiff",
        "image/heic",
        "image/heif",
        "image/png",
        "image/webp",
        "image/gif",
        "image/bmp",
        "image/vnd.adobe.photoshop",
        "image/x-canon-cr2",
        "image/x-nikon-nef",
        "image/x-sony-arw",
        "image/x-adobe-dng",
        "image/x-olympus-orf",
        "image/x-panasonic-rw2",
        "image/x-fuji-raf",
    ];

    public JsonElement? Aggregates => Definitions;

    public ValueTask StartAsync(PluginSetup setup, CancellationToken cancellation)
    {
        options = ExifOptions.Read(setup.Configuration);
        return ValueTask.CompletedTask;
    }

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        if (context.ContentLength > options.MaxContentBytes)
            throw Broken(
                $"it has {context.ContentLength} bytes; allowed: at most {options.MaxContentBytes} "
                + "(max_content_bytes)");

        try
        {
            return new(Describe(context));
        }
        catch (ImageProcessingException error)
        {
            throw Broken(error.Message, error);
        }
        catch (Exception error)
            when (error
                    is IOException
                        or IndexOutOfRangeException
                        or ArgumentException
                        or OverflowException
                        or InvalidCastException
                        or InvalidDataException
                        or FormatException
                        or NullReferenceException)
        {
            // The reader's own checks are not complete: lengths and offsets that lead nowhere surface as these, some
            // only when a tag is described.
            throw Broken(ErrorText.LineOf(error), error);
        }
    }

    private PluginResult Describe(PluginContext context)
    {
        var facts = PictureFacts.Of(Read(context));
        var record = new PluginRecord(PictureWriter.Write(context.MediaType, facts, options));
        return new PluginResult
        {
            Records = [record],
            Contributions = facts.Make is null && facts.Model is null ? [] : [ByCamera(facts)],
        };
    }

    private static IReadOnlyList<MetadataExtractor.Directory> Read(PluginContext context)
    {
        using var content = context.OpenContent();
        // Formats are told apart by looking ahead and going back.
        if (content.CanSeek)
            return ImageMetadataReader.ReadMetadata(content);
        using var buffered = new MemoryStream();
        content.CopyTo(buffered);
        buffered.Position = 0;
        return ImageMetadataReader.ReadMetadata(buffered);
    }

    private static PluginContribution ByCamera(PictureFacts facts) =>
        new("exif-cameras", RecordWriter.Object(facts, static (json, facts) =>
        {
            json.WriteString("make"u8, facts.Make);
            json.WriteString("model"u8, facts.Model);
            json.WriteNumber("located"u8, facts.Location is null ? 0 : 1);
        }));

    private static PluginException Broken(string why, Exception? inner = null) =>
        new($"The picture cannot be read: {why}.", mayHelpToRetry: false, inner);
}
