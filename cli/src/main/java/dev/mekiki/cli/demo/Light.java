package dev.mekiki.cli.demo;

import dev.mekiki.samples.PhotoConditions;

/** How well the demo's photographs are taken. */
enum Light {
    MILD(PhotoConditions.MILD),
    HARD(PhotoConditions.HARD);

    private final PhotoConditions conditions;

    Light(PhotoConditions conditions) {
        this.conditions = conditions;
    }

    PhotoConditions conditions() {
        return conditions;
    }
}
