package dev.mekiki.inference.decode;

/** The file formats that are read. */
public enum ImageFormat {
    JPEG,
    PNG,
    WEBP
}
